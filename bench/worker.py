"""worker.mjs for Python: `python bench/worker.py boto3` revokes as the naive function does; `c7n` only imports Cloud Custodian."""

import json
import os
import resource
import sys
import time

# When the kernel started this process: the start of Python counts, as that of Node.js does.
with open("/proc/self/stat") as stat:
    ticks = int(stat.read().rpartition(")")[2].split()[19])
began = ticks / os.sysconf("SC_CLK_TCK")


def used():
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return (time.clock_gettime(time.CLOCK_BOOTTIME) - began) * 1000, (usage.ru_utime + usage.ru_stime) * 1000


def peak_rss_mb():
    with open("/proc/self/status") as status:
        return int(next(line for line in status if line.startswith("VmHWM:")).split()[1]) / 1024


def custodian():
    import c7n.handler  # noqa: F401
    from c7n.resources import load_resources

    load_resources(("aws.security-group", "aws.redshift", "aws.cache-cluster"))
    return lambda event: None


def with_boto3():
    import boto3

    elasticache = boto3.client("elasticache")

    def handler(event):
        asked = event["detail"]["requestParameters"]
        elasticache.revoke_cache_security_group_ingress(
            CacheSecurityGroupName=asked["cacheSecurityGroupName"],
            EC2SecurityGroupName=asked["eC2SecurityGroupName"],
            EC2SecurityGroupOwnerId=asked["eC2SecurityGroupOwnerId"],
        )
        print(json.dumps({"outcome": {"result": "revoked", "asked": asked}}))

    return handler


handler = {"boto3": with_boto3, "c7n": custodian}[sys.argv[1]]()
init = used()
os.write(3, b"ready\n")
text = sys.stdin.read()
before = used()
handler(json.loads(text))
after = used()
measured = {
    "init": init[0],
    "initCpu": init[1],
    "handler": after[0] - before[0],
    "handlerCpu": after[1] - before[1],
    "rssMb": peak_rss_mb(),
}
os.write(3, json.dumps(measured).encode())
