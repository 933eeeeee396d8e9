{{- /* PromQL: workers in use, and some for each experiment that waits. Arguments: root, each. */ -}}
{{- define "pgan.workersWanted" -}}
{{- $where := printf "{namespace=%q}" .root.Release.Namespace | replace "\"" "'" -}}
(sum(pgan_experiment_workers{{ $where }}) or vector(0)) + {{ .each }} * (sum(pgan_scheduler_queue_length{{ $where }}) or vector(0))
{{- end -}}
