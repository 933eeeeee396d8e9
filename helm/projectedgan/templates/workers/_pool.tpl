{{- /* A pool with its defaults, as JSON. */ -}}
{{- define "pgan.pool" -}}
{{- $isGpu := eq .device "cuda" -}}
{{- $defaults := dict
  "replicas" 1
  "lanes" 0
  "gpuResource" ($isGpu | ternary "nvidia.com/gpu" "")
  "cache" (dict "size" "100Gi" "storageClass" "" "persistent" false)
  "tolerations" ($isGpu | ternary (list (dict "key" "nvidia.com/gpu" "operator" "Exists" "effect" "NoSchedule")) list)
  "autoscaling" (dict "kind" "none" "minReplicas" 0 "maxReplicas" 8 "workersPerExperiment" 4 "cooldownSeconds" 300 "labels" dict)
-}}
{{- $pool := mergeOverwrite $defaults (deepCopy .) -}}
{{- if not (hasKey $pool "resources") -}}
{{- $_ := set $pool "resources" ($isGpu
  | ternary (dict "requests" (dict "cpu" "4" "memory" "16Gi") "limits" (dict "memory" "32Gi"))
            (dict "requests" (dict "cpu" "4" "memory" "8Gi") "limits" (dict "cpu" "4" "memory" "8Gi"))) -}}
{{- end -}}
{{- toJson $pool -}}
{{- end -}}

{{- /* Resources with the GPU among the limits. Arguments: values. */ -}}
{{- define "pgan.computeResources" -}}
{{- $resources := deepCopy .resources -}}
{{- if and (eq .device "cuda") .gpuResource -}}
{{- $_ := set $resources "limits" (merge (dict .gpuResource 1) (default dict $resources.limits)) -}}
{{- end -}}
{{- toYaml $resources -}}
{{- end -}}
