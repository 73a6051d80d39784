#!/usr/bin/env python3
"""data/jobs/fleet-job.yaml holds what Kubernetes wants of an indexed job, and what the program wants of its environment. It is not run here.
Skipped (77) without PyYAML."""
import pathlib
import re
import subprocess
import sys

try:
    import yaml
except ImportError:
    print("SKIPPED: no PyYAML (package python3-yaml)")
    sys.exit(77)

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
# Fields of batch/v1 Job and core/v1, as the reference of the API names them: name -> type, or the fields below it.
CONTEXT = {"runAsNonRoot": bool, "runAsUser": int, "fsGroup": int}
CONTAINER = {"name": str, "image": str, "command": [str], "args": [str], "env": [{"name": str, "value": str}],
             "securityContext": {"readOnlyRootFilesystem": bool, "allowPrivilegeEscalation": bool},
             "volumeMounts": [{"name": str, "mountPath": str, "readOnly": bool}]}
POD = {"restartPolicy": str, "securityContext": CONTEXT, "containers": [CONTAINER], "volumes": [{"name": str, "persistentVolumeClaim": {"claimName": str, "readOnly": bool}}]}
JOB = {"apiVersion": str, "kind": str, "metadata": {"name": str},
       "spec": {"completionMode": str, "completions": int, "parallelism": int, "backoffLimit": int, "template": {"spec": POD}}}


def misfits(value, wanted, place="job"):
    """Fields that the API has not, or of another type."""
    if isinstance(wanted, list):
        if not isinstance(value, list) or not value:
            return [f"{place}: no list"]
        return [m for n, v in enumerate(value) for m in misfits(v, wanted[0], f"{place}[{n}]")]
    if isinstance(wanted, dict):
        if not isinstance(value, dict):
            return [f"{place}: no mapping"]
        return [m for k, v in value.items() for m in (misfits(v, wanted[k], f"{place}.{k}") if k in wanted else [f"{place}.{k}: not known"])]
    return [] if type(value) is wanted else [f"{place}: {value!r} is no {wanted.__name__}"]


def main():
    text = (ROOT / "data/jobs/fleet-job.yaml").read_text(encoding="utf-8")
    job = yaml.safe_load(text)
    wrong = misfits(job, JOB)
    spec = job["spec"]
    container = spec["template"]["spec"]["containers"][0]
    env = {e["name"]: e["value"] for e in container["env"]}
    if (job["apiVersion"], job["kind"], spec["completionMode"]) != ("batch/v1", "Job", "Indexed"):
        wrong.append("no indexed job of batch/v1")
    if env.get("JOB_COMPLETIONS") != str(spec["completions"]):
        wrong.append("JOB_COMPLETIONS is not the number of completions")
    if spec["template"]["spec"]["restartPolicy"] not in ("Never", "OnFailure"):
        wrong.append("a job restarts Never or OnFailure")
    if not re.fullmatch(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?", job["metadata"]["name"]):
        wrong.append("the name is no DNS label")
    volumes = {v["name"] for v in spec["template"]["spec"]["volumes"]}
    if {m["name"] for m in container["volumeMounts"]} != volumes:
        wrong.append("volumes and mounts differ")
    if next(m for m in container["volumeMounts"] if m["name"] == "images").get("readOnly") is not True:
        wrong.append("the images are not mounted read-only")
    script = container["args"][0]
    if "--shard auto" not in script or subprocess.run(["sh", "-n", "-c", script], check=False).returncode != 0:
        wrong.append("the script is no scan of one shard")
    if subprocess.run(["bash", "-n", str(ROOT / "data/jobs/fleet.sbatch")], check=False).returncode != 0:
        wrong.append("fleet.sbatch is no script")
    if wrong:
        sys.exit("\n".join(wrong))
    print("fleet-job.yaml: fields, numbers and volumes agree (not run on a cluster)")


main()
