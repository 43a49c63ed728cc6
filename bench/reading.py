"""Reads trails with what a user may have instead: `json FILE` parses with Python's json module, `duckdb FILES` asks DuckDB."""
import json, sys

name, path = sys.argv[1:]
if name == "json":
    decoder, at = json.JSONDecoder(), 0
    with open(path) as file:
        text = file.read()
    while at < len(text):
        trail, at = decoder.raw_decode(text, at)
        for record in trail["Records"]:
            if record["eventName"].startswith("Authorize"):
                print(record)
else:
    import duckdb

    records = f"SELECT unnest(Records) AS record FROM read_json('{path}', columns = {{Records: 'JSON[]'}}, maximum_object_size = 67108864)"
    print(duckdb.sql(f"SELECT record FROM ({records}) WHERE record->>'eventName' LIKE 'Authorize%'").fetchall())
