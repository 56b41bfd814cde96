"""The process that runs a local model: ``python -m rag.llm.server``, started by `rag.llm.local`.

Reads one line of JSON from standard input (model path, key, threads), writes one line of JSON with
its loopback address to standard output when it is ready, and ends when standard input closes: its
owner holds the other end, so it goes with its owner, however that ends. The key comes by standard
input since a command line can be read by every user of the machine.
"""

import json
import os
import sys
import threading

CONTEXT = 2048  # tokens for each slot
SLOTS = 3  # each keeps a prefix: of the answering prompt, the judge's, and that of whether the answer is stated


def main() -> None:
    """Serve until standard input closes."""
    try:
        import xllamacpp
    except ImportError:
        _say(error="the package xllamacpp is not installed: pip install 'article-rag[local]'")
        return
    request = json.loads(sys.stdin.readline())
    params = xllamacpp.CommonParams()
    params.model.path = request["model"]
    params.model_alias = {request["name"]}
    params.hostnames = ["127.0.0.1"]
    params.port = 0
    # Not memory-mapped: llama.cpp repacks the weights, and the mapped copy would stay resident too.
    params.load_mode = xllamacpp.llama_load_mode.LLAMA_LOAD_MODE_NONE
    params.api_keys = [request["key"]]
    params.n_ctx = CONTEXT * SLOTS
    params.n_parallel = SLOTS
    params.kv_unified = False
    params.cpuparams.n_threads = request["threads"]
    params.cpuparams_batch.n_threads = request["threads"]
    params.cache_ram_mib = 0  # the slots themselves keep the prefixes; more would cost gigabytes
    params.ui = False
    params.endpoint_slots = False
    params.endpoint_props = False
    params.warmup = True
    try:
        server = xllamacpp.Server(params)
    except Exception as error:  # noqa: BLE001 -- whatever the native library raises, the owner is told
        _say(error=f"llama.cpp cannot load {request['model']}: {error}")
        return
    _say(address=server.listening_address)
    threading.Thread(target=_end_with_owner, daemon=True).start()
    threading.Event().wait()


def _say(**message: str) -> None:
    print(json.dumps(message), flush=True)


def _end_with_owner() -> None:
    while sys.stdin.buffer.read(1):
        continue
    # Not sys.exit: the native threads would keep the process alive until a request ends.
    os._exit(0)


if __name__ == "__main__":
    main()
