"""A language of the content files beside the Spanish: docs/how-to/change-the-course-text.md."""

from tools.measures import Failed

from .files import compare_language


def add_arguments(parser):
    parser.add_argument("--original", default="es", help="default: es")
    parser.add_argument("--part", action="store_true", help="only a part is translated: what is missing is no fault")
    parser.add_argument("--strict", action="store_true", help="what is missing is a fault in any case")
    parser.add_argument("--quiet", action="store_true", help="say nothing of what is only worth a look")


def run(directory, language, module, *, original="es", part=False, strict=False, quiet=False):
    """Say what a translation lacks and where it is not like the original; fail where something is a fault."""
    if language == original:
        raise Failed("A language is not compared with itself.")
    for code in (original, language):
        if not (directory / code).is_dir():
            raise Failed(f"There is no folder {directory / code}.")
    files = compare_language(directory, language, original=original, module=module, is_part=part)
    if not files:
        raise Failed("There is nothing to compare.")
    for file in files:
        shown = file.faults if quiet else file.differences
        if shown:
            print(file.name, *(f"  {'✕' if one.is_fault else '·'} {one}" for one in shown), sep="\n")
    missing = [file.name for file in files if file.is_missing]
    if missing:
        print(f"Not there yet: {', '.join(missing)}")
    faults = sum(len(file.faults) for file in files)
    if strict or not (module or part):
        faults += len(missing)
    compared, warnings = len(files) - len(missing), sum(len(file.warnings) for file in files)
    if faults:
        raise Failed(f"Faults: {faults}. Worth a look: {warnings}.")
    print(f"Files that say the same as the original: {compared}. Worth a look: {warnings}.")
