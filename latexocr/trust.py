"Moved to latexocr.scoring.calibration, and to be imported from there: this file goes with the next release"
from latexocr._moved import moved
moved(__name__, 'latexocr.scoring.calibration')
