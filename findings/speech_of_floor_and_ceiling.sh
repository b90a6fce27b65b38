#!/bin/sh
# Speech Rule Engine in ClearSpeak reads ⌊x⌋ = ⌈x⌉ as "x equals x": brackets of every kind around a letter, a number or a short product are left out
# Guessed: ClearSpeak leaves out round brackets that only group, as its rules say; floor, ceiling and ⟨x⟩ are a function or a mark, and always heard.
# So: floor and ceiling of x, 2.5 and xy are silent, and so are [x] and ⟨x⟩; of x+1 and x/2 they are spoken. MathSpeak speaks all of them.
# (0,1] is spoken with its brackets, but not where a converter has put 0,1 into one <mn>, as Temml does.
set -e
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
npm install --silent --no-audit --no-fund --prefix . speech-rule-engine@4.1.5 >/dev/null
cat > a.cjs <<'EOF'
const sre = require('speech-rule-engine');
const mo = o => `<mo>${o}</mo>`,floor = x => mo('⌊')+x+mo('⌋'),ceiling = x => mo('⌈')+x+mo('⌉'),x = '<mi>x</mi>',one = '<mn>1</mn>';
const seen = {
    clearspeak: [[floor(x)+mo('=')+ceiling(x), 'x equals x'], [floor('<mn>2.5</mn>'), '2.5'], [ceiling(x+'<mi>y</mi>'), 'x y'], [mo('⟨')+x+mo('⟩'), 'x'],
        [floor(x+mo('+')+one), 'left floor x plus 1 right floor'], [floor(`<mfrac>${x}<mn>2</mn></mfrac>`), 'left floor x over 2 right floor'],
        [mo('(')+'<mn>0</mn>'+mo(',')+one+mo(']'), 'open paren 0 comma 1 close bracket'], [mo('(')+'<mn>0,1</mn>'+mo(']'), '0 comma 1']],
    mathspeak: [[floor(x)+mo('=')+ceiling(x), 'left floor x right floor equals left ceiling x right ceiling'], [mo('⟨')+x+mo('⟩'), 'left angle bracket x right angle bracket']]};
(async () => {
    let same = true;
    console.log('speech-rule-engine', sre.version);
    for (const [domain,formulas] of Object.entries(seen)) {
        await sre.setupEngine({locale:'en', domain, modality:'speech'}); await sre.engineReady();
        for (const [mathml,words] of formulas) {
            const said = sre.toSpeech(`<math>${mathml}</math>`);
            console.log(domain, mathml.replace(/<\/?m[a-z]+>/g, ''), '|', said);
            same &&= said==words;
        }
    }
    process.exit(same ? 0 : 1);
})();
EOF
timeout 200 node a.cjs
