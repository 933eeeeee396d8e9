{{- /* What the schema cannot say: settings that need each other, or an object that is there. All problems at once. */ -}}
{{- define "pgan.checks" -}}
{{- $problems := include "pgan.unchangeable" . | fromJsonArray -}}
{{- $v := .Values -}}
{{- if and (ne $v.clustering.mode "none") (not $v.postgres.existingSecret) -}}
{{- $problems = append $problems (printf "clustering.mode is %s, and postgres.existingSecret is empty: name the secret with PostgreSQL's connection string" $v.clustering.mode) -}}
{{- end -}}
{{- if and (ne $v.clustering.mode "none") (not $v.coordinator.persistence.enabled) -}}
{{- $problems = append $problems (printf "clustering.mode is %s, and coordinator.persistence.enabled is false: several coordinators need one shared volume" $v.clustering.mode) -}}
{{- end -}}
{{- if and (eq $v.clustering.mode "kubernetes") (not $v.serviceAccount.create) (not $v.serviceAccount.name) -}}
{{- $problems = append $problems "clustering.mode is kubernetes, and serviceAccount.create is false: name the account that may watch and delete the coordinators' pods in serviceAccount.name; the namespace's default account is every other pod's too" -}}
{{- end -}}
{{- if and $v.tls.enabled (not $v.tls.certManager.enabled) (not $v.tls.existingSecret) -}}
{{- $problems = append $problems "tls.enabled is true: give tls.existingSecret, or let cert-manager make one with tls.certManager.enabled" -}}
{{- end -}}
{{- if and $v.tls.certManager.enabled $v.tls.existingSecret -}}
{{- $problems = append $problems (printf "tls.existingSecret is '%s', and tls.certManager.enabled is true: give one of them" $v.tls.existingSecret) -}}
{{- end -}}
{{- if and (not $v.tls.enabled) (or $v.tls.certManager.enabled $v.tls.requireClientCertificate) -}}
{{- $problems = append $problems "tls.certManager.enabled and tls.requireClientCertificate need tls.enabled: true" -}}
{{- end -}}
{{- if and (not $v.auth.enabled) (not $v.tls.requireClientCertificate) (not $v.auth.allowAnonymous) -}}
{{- $problems = append $problems "auth.enabled is false: everybody who reaches the coordinator could submit and read. Set tls.requireClientCertificate, or auth.allowAnonymous: true if the network itself is closed" -}}
{{- end -}}
{{- if and (eq $v.workers.advertise "ip") $v.tls.enabled -}}
{{- $problems = append $problems "workers.advertise is ip, and tls.enabled is true: certificates vouch for names; use auto or dns" -}}
{{- end -}}
{{- if and $v.evaluator.enabled (eq $v.evaluator.device "cpu") $v.evaluator.runtimeClassName -}}
{{- $problems = append $problems "evaluator.runtimeClassName is for evaluator.device: cuda" -}}
{{- end -}}
{{- $names := dict -}}
{{- range $v.workers.pools -}}
{{- if hasKey $names .name -}}
{{- $problems = append $problems (printf "workers.pools has two pools named '%s': give each its own name" .name) -}}
{{- end -}}
{{- $_ := set $names .name true -}}
{{- $scaling := default dict .autoscaling -}}
{{- $kind := default "none" $scaling.kind -}}
{{- if and (ne $kind "none") (lt (int (default 8 $scaling.maxReplicas)) (int (default 0 $scaling.minReplicas))) -}}
{{- $problems = append $problems (printf "workers.pools '%s': autoscaling.maxReplicas is %v, less than minReplicas %v" .name $scaling.maxReplicas $scaling.minReplicas) -}}
{{- end -}}
{{- if and (eq $kind "hpa") (lt (int (default 0 $scaling.minReplicas)) 1) -}}
{{- $problems = append $problems (printf "workers.pools '%s': a HorizontalPodAutoscaler keeps at least one pod: set autoscaling.minReplicas to 1 or more, or autoscaling.kind to keda" .name) -}}
{{- end -}}
{{- if and (eq $kind "keda") (not $scaling.prometheusAddress) -}}
{{- $problems = append $problems (printf "workers.pools '%s': autoscaling.kind is keda: give autoscaling.prometheusAddress, such as http://prometheus.monitoring:9090" .name) -}}
{{- end -}}
{{- if and (eq .device "cpu") .gpuResource -}}
{{- $problems = append $problems (printf "workers.pools '%s': gpuResource is '%s', and device is cpu: use device: cuda, or drop gpuResource" .name .gpuResource) -}}
{{- end -}}
{{- end -}}
{{- if $problems -}}
{{- fail (printf "%d problem(s) in the values:\n  - %s" (len $problems) (join "\n  - " $problems)) -}}
{{- end -}}
{{- end -}}
