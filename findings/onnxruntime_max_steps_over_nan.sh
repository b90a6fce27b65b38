#!/bin/sh
# ONNX Runtime's ArgMax and ReduceMax step over NaN unless it is the first number, and its TopK takes NaN for the largest wherever it stands: of the same row they name different tokens
# Guessed: a NaN among a model's logits shows: argmax gives its place, as numpy's and torch's do, max is NaN, and topk(1) agrees with both.
# So: on a CPU ArgMax of [1, NaN, 2] is 2 and ReduceMax 2, as if nothing had happened; of [NaN, 1, 2] they are 0 and NaN. TopK puts NaN first in both. In 1.23.2 ArgMax still found the NaN. MaxPool drops it, first or not.
# Greedy search of an exported model goes on writing plausible formulas from broken logits, while beam search of the same model, by TopK, doesn't. onnx' own reference evaluator agrees with numpy for ArgMax and ReduceMax.
set -e
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
python3 -m pip install -q --no-compile --disable-pip-version-check --target lib onnx==1.23.2 onnxruntime==1.32.0 numpy==2.4.6
PYTHONPATH=lib python3 - <<'EOF'
import sys
import numpy as np, onnx, onnxruntime
from onnx import TensorProto, helper
from onnx.reference import ReferenceEvaluator
def model(op, shape, outputs, constants={}, **attributes):
    values = [helper.make_tensor(name, TensorProto.INT64, [len(o)], o) for name,o in constants.items()]
    node = helper.make_node(op, ['x',*constants], outputs, **attributes)
    graph = helper.make_graph([node], op, [helper.make_tensor_value_info('x', TensorProto.FLOAT, shape)], [helper.make_empty_tensor_value_info(o) for o in outputs], values)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid('', 21)], ir_version=10)
def both(m, x):
    "The last output of ONNX Runtime and of onnx' reference"
    session = onnxruntime.InferenceSession(m.SerializeToString(), providers=['CPUExecutionProvider'])
    return [np.asarray(o[-1]).ravel() for o in (session.run(None, {'x': x}),ReferenceEvaluator(m).run(None, {'x': x}))]
print('onnxruntime', onnxruntime.__version__, '· onnx', onnx.__version__, '· numpy', np.__version__)
rng = np.random.default_rng(0)
good = True
for n in 3,833:
    for place in 0,1,n-1:
        row = np.arange(1, n+1, dtype=np.float32) if n<9 else rng.standard_normal(n).astype(np.float32)
        row[place] = np.nan
        (arg,ref),(top,_),(most,ref_most) = both(model('ArgMax', [n], ['o'], axis=0, keepdims=0), row),both(model('TopK', [n], ['v','i'], {'k': [1]}), row),both(model('ReduceMax', [n], ['o'], keepdims=0), row)
        print(f'NaN at {place:3} of {n:3}: ArgMax {arg[0]:3}, ReduceMax {most[0]:4.2f}, TopK {top[0]:3}; numpy {row.argmax():3} and {row.max()}')
        good &= top[0]==ref[0]==row.argmax()==place and np.isnan(ref_most[0])
        good &= bool(arg[0]==0 and np.isnan(most[0]) if place==0 else arg[0]==np.nanargmax(row) and most[0]==np.nanmax(row))
pools = [both(model('MaxPool', [1, 1, 3], ['o'], kernel_shape=[3]), np.array([[o]], np.float32))[0][0] for o in ([np.nan, 1, 2],[1, np.nan, 2])]
print('MaxPool of [NaN, 1, 2] and of [1, NaN, 2]:', *pools)
sys.exit(not (good and pools==[2, 2]))
EOF
