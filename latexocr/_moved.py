"Old names of modules, and of what is in them: for one release they work, and say what the name is now"
import sys, warnings
from importlib import import_module

def moved(old, new):
    "Let the module `old` be the module `new`; called by the file at the old place"
    warnings.warn(f'{old} is now {new}: the old name works until the next release', DeprecationWarning, stacklevel=3)
    sys.modules[old] = import_module(new)

# of each module: {where a name is now ('': here): the old names, `old=new` where they changed}
NAMES = {
    'attention': {'models.additive': 'AdditiveSequenceAttention'},
    'beam_search': {
        'decoding.diverse': 'sibling_penalty',
        'decoding.speculative': 'Draft',
        'decoding.constrained': 'opens=closer_of closes=closed_by WellFormed=ConstrainedDecoder Written=Prefix balanced',
        'decoding.reading': 'read look_at=encode_views write_down=decode_memory doubtful look_again=reread_uncertain '
            'SURE=TTA_THRESHOLD LOOKS=TTA_VIEWS',
    },
    'cli': {
        'use.options': 'complain=print_error nearest=did_you_mean fill=read_options positive=positive_int '
            'width=beam_width looks=view_count port=port_number',
        'use.many': 'attempt=read_pictures', 'use.picture_commands': 'shown=printable',
        'use.model_commands': 'spectators=training_callbacks go_on=how_to_resume',
    },
    'data': {
        '': 'waste=padding_overhead',
        'datasets.elsewhere': 'like_ours=match_size _elsewhere=open_bytes ink_box cut_out crop_to_ink Pictures PictureTable',
        'core': '_atomic=atomic_write _png=png_bytes _end_with_parent=end_with_parent',
        'datasets.augment': 'Augment',
        'datasets.sources': 'find_files read_splits normalize_splits',
        'datasets.variants': 'typeface_weights choose_typefaces assign_typefaces with_number',
        'datasets.build': 'PATIENCE MANY render_split Shard plan_shards build_dataset export_folder import_folder',
    },
    'decoder': {'models.classic': 'ClassicDecoder', 'models.finetune': 'add_tokens deepen=add_identity_blocks'},
    'encoder': {
        'models.separable': 'SeparableBlock Regions SeparableEncoder',
        'models.vanilla': 'ConvPool ConvStep VanillaEncoder turn_rows RowEncoder',
    },
    'evaluate': {
        '': 'surprise=token_nll',
        'scoring.run': 'place=run_name read_hypotheses read_split TEXT IMAGES all_scores fingerprint calibrate evaluate',
        'scoring.report': 'level TITLES scores_table',
        'training.reading_scores': 'ReadingScores',
        'scoring.lab': 'NAMES verdict verdict_html metric_lab',
    },
    'models.inference': {'': 'quick=inference_decoder QuickDecoder=InferenceDecoder Product=PackedLinear'},
    'normalize': {
        '': 'spelt=canonical_or_same _resets=starts_anew', 'tex.mine': 'mine_formulas', 'tex.symbols': 'shown_font',
        'tex.spacing': '_class=spacing_class _nexts=next_classes',
    },
    'predict': {
        'use.pictures': 'FORMATS clean', 'use.prediction': 'look=attention_maps',
        'use.doubt': 'LIMIT HOPELESS IMPROBABLE BESIDE PRINT_LIKE CLEARER AT_MOST',
    },
    'render': {'tex.typefaces': 'Typeface page_fonts'},
    'train': {'training.run': 'im2latex_learner helpers=worker_processes train_model'},
    'training.callbacks': {
        '': 'Steps=StepClock', 'train': 'SCHEDULES one_cycle warm_hold_decay trapezoid',
        'training.checkpoints': 'Checkpoint read_checkpoint KeepBest',
        'training.together': 'ShareGradients Follow=TrainOnly join=init_process_group',
    },
    'training.loaders': {'': 'InTurn=WithPassNumber ReadFirst=GreedyTargets'},
    'scoring.run': {'scoring.report': 'TITLES scores_table'},
    'training.run': {'': 'helpers=worker_processes'},
    'use.picture_commands': {'use.model_commands': 'export', 'use.many': 'SUFFIXES STDIN LONGEST read_pictures in_parts cores'},
    'training.together': {'': 'Follow=TrainOnly join=init_process_group'},
    'visualize': {
        'viewing.trace': 'Sight=DecodingTrace watch=trace_decoding endings draw_beginnings',
        'viewing.beam_tree': 'Node=BeamNode beam_tree beam_svg beam_html',
        'core': '_png=png_bytes',
        'viewing.curves': 'training_curves loss_curve',
    },
}

def renamed(module, **names):
    "A `__getattr__` for `module`: each old name gives what is at the new one, a name of `module` itself or `latexocr.place:name`"
    def __getattr__(name):
        if name not in names: raise AttributeError(f'module {module!r} has no attribute {name!r}')
        place,_,new = names[name].rpartition(':')
        said = f'{module}.{name} is now {place or module}.{new}: the old name works until the next release'
        warnings.warn(said, DeprecationWarning, stacklevel=2)
        return getattr(import_module(place or module), new)
    return __getattr__

def old_names(module, **more):
    "`renamed` for what the table says of `module`"
    table = NAMES.get(module.removeprefix('latexocr.'), {})      # none in a notebook, which is __main__
    pairs = [(place, o.partition('=')) for place,names in table.items() for o in names.split()]
    return renamed(module, **{old: f'latexocr.{place}:{new or old}' if place else new or old for place,(old,_,new) in pairs}, **more)

def old_tables(module, themes):
    "`old_names` for `normalize`: its tables are in `themes` now, the first of them that has one"
    tables = {k: f'{o.__name__}:{k}' for o in themes[::-1] for k in vars(o) if k.isupper()}
    return old_names(module, **tables)
