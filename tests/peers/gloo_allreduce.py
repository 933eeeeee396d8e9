"""One rank of PyTorch's gloo all-reduce, for `pgan bench allreduce`: RANK PROCESSES BYTES ROUNDS WARM_UP_GB PORT.

Prints an address line, reads one, and prints the seconds of each counted round and the processor time of all of them as JSON.
"""
import datetime
import json
import sys
import time

import torch
import torch.distributed as dist

rank, processes, size, rounds, warm_up, port = map(int, sys.argv[1:])
torch.set_num_threads(1)
print("gloo", flush=True)
sys.stdin.readline()
dist.init_process_group("gloo", init_method=f"tcp://127.0.0.1:{port}", rank=rank, world_size=processes, timeout=datetime.timedelta(minutes=5))
values = torch.zeros(size // 4)
seconds, cpu = [], 0.0
for index in range(-max(3, warm_up * 1_000_000_000 // size), rounds):
    dist.barrier()
    if index == 0:
        cpu = time.process_time()
    start = time.perf_counter()
    dist.all_reduce(values)
    if index >= 0:
        seconds.append(time.perf_counter() - start)
print(json.dumps({"seconds": seconds, "cpuSeconds": time.process_time() - cpu}), flush=True)
sys.stdin.readline()
