{{- /*
PromQL: the pool's workers that prepare, train or hold, and some for each experiment that waits. Every coordinator that ever ran the
scheduler shows a queue. Arguments: root, pool, each.
*/ -}}
{{- define "pgan.workersWanted" -}}
{{- $pods := printf "{namespace='%s',pod=~'%s-%%s-[0-9]+'}" .root.Release.Namespace (include "pgan.fullname" .root) -}}
(count(pgan_training_replicas{{ printf $pods (printf "worker-%s" .pool) }}) or vector(0)) + {{ .each }} * (max(pgan_scheduler_queue_length{{ printf $pods "coordinator" }}) or vector(0))
{{- end -}}
