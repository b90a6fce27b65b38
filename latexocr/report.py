"Moved to latexocr.scoring.report, and to be imported from there: this file goes with the next release"
from latexocr._moved import moved
moved(__name__, 'latexocr.scoring.report')
