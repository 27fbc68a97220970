"""Make states.parquet from the arrays in the package ai-economist.

    pip download --no-deps ai-economist==1.7.1
    python -m solon.data.covid19.make ai_economist-1.7.1-py3-none-any.whl

The same arrays and the same version of pyarrow give the same file, byte for byte.
"""

import hashlib
import io
import json
import pathlib
import sys
import zipfile

import numpy as np

from ...errors import ConfigurationError, require
from ...runs.atomic import write_file

__all__ = ["main", "make", "source"]

_FOLDER = "ai_economist/datasets/covid19_datasets/data_and_fitted_params"
_SOURCES = {
    "real_world_data.npz": "b0ff5df3aebf71115893968911d398240c80dc05a15611cd2b5ea5813653717e",
    "fitted_params.json": "dfde2a7bb2d7dca2cecf50778833d21462b9fc90e7859fe78faedf62c410839d",
    "model_constants.json": "8294522fd62f9527a924aaf1583696496ddbcdc366d7975a62402a048218c6e7",
}
_FIRST_DAY = np.datetime64("2020-01-01")


def make(package: pathlib.Path) -> bytes:
    """The content of states.parquet.

    Args:
        package: the wheel of ai-economist 1.7.1, or the folder that it was unpacked to.

    Raises:
        ConfigurationError: if the arrays are not in there or not the published ones.
    """
    import pyarrow
    import pyarrow.parquet

    arrays = np.load(io.BytesIO(source(package, "real_world_data.npz")), allow_pickle=False)
    constants = json.loads(source(package, "model_constants.json"))
    names = list(constants["US_STATE_IDX_TO_STATE_NAME"].values())
    days = len(arrays["policy"])
    dates = _FIRST_DAY + np.arange(days).astype("timedelta64[D]")

    def column(values: np.ndarray, type_: pyarrow.DataType) -> pyarrow.Array:
        # Sorted by state, then by day; what is missing is null and not NaN.
        return pyarrow.array(values.T.ravel(), from_pandas=True).cast(type_)

    whole, real = pyarrow.int64(), pyarrow.float64()
    everywhere = (days, len(names))
    columns = {
        "state": pyarrow.array(np.repeat(names, days).tolist(), pyarrow.string()),
        "date": pyarrow.array(np.tile(dates, len(names)), pyarrow.date32()),
        "population": column(
            np.broadcast_to(np.array(constants["US_STATE_POPULATION"]), everywhere), whole
        ),
        "deaths": column(arrays["deaths"], whole),
        "smoothed_deaths": column(arrays["smoothed_deaths"], real),
        "vaccinated": column(arrays["vaccinated"], real),
        "stringency": column(arrays["policy"], pyarrow.int8()),
        "unemployment": column(arrays["unemployment"], real),
        "federal_subsidy": column(np.broadcast_to(arrays["subsidy"], everywhere), real),
    }
    buffer = io.BytesIO()
    pyarrow.parquet.write_table(
        pyarrow.table(columns), buffer, compression="zstd", compression_level=19
    )
    return buffer.getvalue()


def source(package: pathlib.Path, name: str) -> bytes:
    """A file of the package's data, if it is the published one.

    Raises:
        ConfigurationError: if it is not there, or another.
    """
    place = f"{_FOLDER}/{name}"
    try:
        if package.is_dir():
            content = (package / place).read_bytes()
        else:
            with zipfile.ZipFile(package) as archive:
                content = archive.read(place)
    except (OSError, KeyError, zipfile.BadZipFile):
        allowed = f"the wheel of ai-economist 1.7.1 or its folder, with {place}"
        raise ConfigurationError("package", str(package), allowed) from None
    found = hashlib.sha256(content).hexdigest()
    require(found == _SOURCES[name], place, found, f"the SHA-256 {_SOURCES[name]}")
    return content


def main(arguments: list[str]) -> int:
    """Write the table beside this file, and print its hash."""
    try:
        require(len(arguments) == 1, "arguments", arguments, "the wheel or its folder")
        content = make(pathlib.Path(arguments[0]))
    except ConfigurationError as error:
        print(error, file=sys.stderr)
        return 2
    write_file(pathlib.Path(__file__).with_name("states.parquet"), content)
    print(hashlib.sha256(content).hexdigest())
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
