"Everything setup.py knows comes from settings.ini, the file nbdev reads"
from configparser import ConfigParser
from pathlib import Path
from setuptools import find_packages, setup

here = Path(__file__).parent
parser = ConfigParser(delimiters=['='], interpolation=None)
parser.read(here/'settings.ini', encoding='utf-8')
cfg = parser['DEFAULT']
lines = lambda key: [o.strip() for o in cfg.get(key, '').split('\n') if o.strip()]   # markers contain spaces: one requirement a line
readme = here/'README.md'

setup(
    name=cfg['lib_name'], version=cfg['version'], description=cfg['description'],
    long_description=readme.read_text(encoding='utf-8') if readme.exists() else '', long_description_content_type='text/markdown',
    author=cfg['author'], author_email=cfg['author_email'], url=cfg['git_url'], keywords=cfg['keywords'].split(),
    license='Apache-2.0', license_files=['LICENSE', 'NOTICE'],
    packages=find_packages(include=[cfg['lib_path'], cfg['lib_path']+'.*']), include_package_data=True,
    package_data={cfg['lib_path']: ['configs/*.toml', 'small/*', 'datasets/*.txt', 'pretrained/*', 'scale.json', 'gaps.json', '*.html', 'templates/*', 'page.*', 'read/*', 'py.typed']},
    python_requires='>='+cfg['min_python'], install_requires=lines('requirements'),
    extras_require={o: lines(f'{o}_requirements') for o in ('dev','dask','tensorboard','app','onnx')},
    entry_points={'console_scripts': lines('console_scripts'), 'nbdev': [f"{cfg['lib_name']}={cfg['lib_path']}._modidx:d"]},
    classifiers=['Development Status :: 3 - Alpha', 'Intended Audience :: Education', 'Intended Audience :: Developers',
                 'Natural Language :: English', 'Programming Language :: Python :: 3.11', 'Programming Language :: Python :: 3.12'],
    zip_safe=False,
)
