#!/bin/sh
# OpenVINO compares whole numbers as float32: 20000001 is equal to 20000000 for its Equal, not greater for its Greater, and its remainder of 20000001 by 10 is 0; sums and products are exact
# Guessed: if large integers suffer, then in sums and products, which may be made in float32; comparing them is exact.
# So: above 2^24 neighbours fall together, without an error, though the product and the sum before are right. Pairs of tokens packed into one number, as to forbid a pair that was
# written before, are such numbers: with 5000 tokens the pairs (4000, 0) and (4000, 1) are the same for it. The hint that asks for accuracy changes nothing.
set -e
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
python3 -m pip install -q --no-compile --disable-pip-version-check --target lib onnx==1.23.2 onnxruntime==1.32.0 openvino==2026.4.1 numpy==2.4.6
PYTHONPATH=lib python3 - <<'EOF'
import sys
from importlib.metadata import version
import numpy as np, onnxruntime, openvino
from onnx import TensorProto, helper, numpy_helper
print(*(f'{o} {version(o)}' for o in ('onnx','onnxruntime','openvino')), sep=' · ')
def model(op, other):
    "first·5000 + second, and what `op` makes of that and the constant `other`"
    constants = [numpy_helper.from_array(np.array([v], np.int32), k) for k,v in (('size',5000),('other',other))]
    nodes = [helper.make_node('Mul', ['first','size'], ['row']), helper.make_node('Add', ['row','second'], ['key']), helper.make_node(op, ['key','other'], ['result'])]
    graph = helper.make_graph(nodes, op, [helper.make_tensor_value_info(o, TensorProto.INT32, [2]) for o in ('first','second')],
        [helper.make_tensor_value_info('key', TensorProto.INT32, [2]), helper.make_empty_tensor_value_info('result')], constants)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid('', 21)], ir_version=10).SerializeToString()
core,pair = openvino.Core(),{'first': np.array([4000, 3], np.int32), 'second': np.array([1, 1], np.int32)}
def both(op, other):
    "Key and result by ONNX Runtime and by OpenVINO"
    m = model(op, other)
    compiled = core.compile_model(core.read_model(m), 'CPU', {'INFERENCE_PRECISION_HINT': 'f32', 'EXECUTION_MODE_HINT': 'ACCURACY'})
    found = compiled(pair)
    return [[np.asarray(o).tolist() for o in r] for r in (onnxruntime.InferenceSession(m, providers=['CPUExecutionProvider']).run(None, pair),[found[i] for i in (0,1)])]
good = True
for op,other,differ in ('Equal',20000000,True),('Greater',20000000,True),('Mod',10,True),('Equal',15000,False),('Sub',20000000,False):
    (k,a),(l,b) = both(op, other)
    print(f'{op} of {k} and {other}: ONNX Runtime {a}, OpenVINO {b}, of {l}')
    good &= k==l==[20000001, 15001] and (a[0]!=b[0])==differ and a[1]==b[1]
sys.exit(not good)
EOF
