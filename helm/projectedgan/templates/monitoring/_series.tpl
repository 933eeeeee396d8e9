{{- /* A pod that is made anew goes on with its series, and rules know our targets by their job, whatever the release is called. */ -}}
{{- define "pgan.targetLabels" -}}
- sourceLabels: [__meta_kubernetes_pod_name]
  targetLabel: instance
- targetLabel: job
  replacement: projectedgan
{{- end -}}

{{- /* A regular expression of the release's claims, in place of the one that rules and dashboards have by themselves. */ -}}
{{- define "pgan.claims" -}}
{{- $claims := list ".*projectedgan.*" -}}
{{- if not (contains "projectedgan" (include "pgan.fullname" .)) -}}
{{- $claims = append $claims (printf ".*%s.*" (include "pgan.fullname" .)) -}}
{{- end -}}
{{- with .Values.coordinator.persistence.existingClaim -}}
{{- $claims = append $claims . -}}
{{- end -}}
{{- join "|" $claims -}}
{{- end -}}
