{{- /* A quantity of Kubernetes as a number. Argument: the quantity. */ -}}
{{- define "pgan.number" -}}
{{- $factors := dict "m" 1e-3 "" 1 "k" 1e3 "M" 1e6 "G" 1e9 "T" 1e12 "P" 1e15 "E" 1e18
  "Ki" 1024 "Mi" 1048576 "Gi" 1073741824 "Ti" 1099511627776 "Pi" 1125899906842624 "Ei" 1152921504606846976 -}}
{{- $text := toString . -}}
{{- $unit := regexFind "[A-Za-z]*$" $text -}}
{{- mulf (trimSuffix $unit $text | float64) (get $factors $unit) -}}
{{- end -}}

{{- /*
Bytes of a cache's volume for files that no run uses. The rest is for what runs write beside them: a pod that exceeds its volume is evicted.
*/ -}}
{{- define "pgan.cacheBytes" -}}
{{- mulf (include "pgan.number" . | float64) 0.75 | int64 -}}
{{- end -}}

{{- /*
What the values would change, and Kubernetes does not let anybody change: Helm would apply all else and stop there. A JSON array of
problems, empty where the cluster is not asked (helm template, --dry-run=client).
*/ -}}
{{- define "pgan.unchangeable" -}}
{{- $problems := list -}}
{{- $full := include "pgan.fullname" . -}}
{{- $space := .Release.Namespace -}}
{{- $mode := .Values.clustering.mode -}}
{{- $data := .Values.coordinator.persistence -}}
{{- if and $data.enabled (not $data.existingClaim) -}}
{{- $name := include "pgan.dataClaim" . -}}
{{- with lookup "v1" "PersistentVolumeClaim" $space $name -}}
{{- $class := default "" .spec.storageClassName -}}
{{- $has := .spec.resources.requests.storage -}}
{{- $move := "name another claim in coordinator.persistence.existingClaim (docs/install.md, Another volume)" -}}
{{- if and (ne $mode "none") (not (has "ReadWriteMany" .spec.accessModes)) -}}
{{- $problems = append $problems (printf "clustering.mode is %s, which needs a volume with ReadWriteMany, and the claim %s has %s for ever: %s" $mode $name (join ", " .spec.accessModes) $move) -}}
{{- end -}}
{{- if and $data.storageClass (ne $data.storageClass $class) -}}
{{- $problems = append $problems (printf "coordinator.persistence.storageClass is '%s', and the claim %s has '%s' for ever: set it back, or %s" $data.storageClass $name $class $move) -}}
{{- end -}}
{{- $more := subf (include "pgan.number" $data.size | float64) (include "pgan.number" $has | float64) -}}
{{- if lt $more 0.0 -}}
{{- $problems = append $problems (printf "coordinator.persistence.size is %s, and the claim %s has %s: no claim gets smaller; set the size to %s" $data.size $name $has $has) -}}
{{- else if gt $more 0.0 -}}
{{- $storage := dict -}}
{{- if $class -}}
{{- $storage = lookup "storage.k8s.io/v1" "StorageClass" "" $class -}}
{{- end -}}
{{- if not $storage.allowVolumeExpansion -}}
{{- $problems = append $problems (printf "coordinator.persistence.size is %s, and the claim %s has %s of the storage class '%s', which lets none grow: set the size to %s, or %s" $data.size $name $has $class $has $move) -}}
{{- end -}}
{{- end -}}
{{- else -}}
{{- range (lookup "v1" "PersistentVolumeClaim" $space "").items -}}
{{- $labels := default dict .metadata.labels -}}
{{- if and (eq (get $labels "app.kubernetes.io/instance") $.Release.Name) (eq (get $labels "app.kubernetes.io/component") "coordinator") -}}
{{- $problems = append $problems (printf "the release's data are in the claim %s, and %s would begin with none (nameOverride and fullnameOverride name it): set them back, or name the claim in coordinator.persistence.existingClaim and the secret %s-tokens in auth.existingSecret; or delete the claim if nothing in it is needed" .metadata.name $name (trimSuffix "-data" .metadata.name)) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- with lookup "apps/v1" "StatefulSet" $space (printf "%s-coordinator" $full) -}}
{{- $selected := get .spec.selector.matchLabels "app.kubernetes.io/name" -}}
{{- if ne $selected (include "pgan.name" $) -}}
{{- $problems = append $problems (printf "nameOverride makes the pods' app.kubernetes.io/name '%s', and the release selects '%s' for ever: set it back" (include "pgan.name" $) $selected) -}}
{{- end -}}
{{- end -}}
{{- range .Values.workers.pools -}}
{{- $pool := include "pgan.pool" . | fromJson -}}
{{- $name := printf "%s-worker-%s" $full $pool.name -}}
{{- with lookup "apps/v1" "StatefulSet" $space $name -}}
{{- $claim := default dict (first (default (list dict) .spec.volumeClaimTemplates)).spec -}}
{{- $differs := list -}}
{{- if ne $pool.cache.persistent (not (empty $claim)) -}}
{{- $differs = append $differs (printf "persistent is %t" $pool.cache.persistent) -}}
{{- else if $claim -}}
{{- if ne (include "pgan.number" $pool.cache.size) (include "pgan.number" $claim.resources.requests.storage) -}}
{{- $differs = append $differs (printf "size is %s, and was %s" $pool.cache.size $claim.resources.requests.storage) -}}
{{- end -}}
{{- if ne $pool.cache.storageClass (default "" $claim.storageClassName) -}}
{{- $differs = append $differs (printf "storageClass is '%s', and was '%s'" $pool.cache.storageClass (default "" $claim.storageClassName)) -}}
{{- end -}}
{{- end -}}
{{- range $differs -}}
{{- $problems = append $problems (printf "workers.pools '%s': cache.%s, and the claims of a StatefulSet are for ever: set it back, give the pool another name, or pause the experiments, kubectl --namespace %s delete statefulset %s, and upgrade again" $pool.name . $space $name) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- if .Values.priorityClasses.create -}}
{{- range $component := list "coordinator" "worker" "evaluator" -}}
{{- $value := int64 (get $.Values.priorityClasses $component) -}}
{{- with lookup "scheduling.k8s.io/v1" "PriorityClass" "" (printf "%s-%s" $full $component) -}}
{{- if ne (int64 .value) $value -}}
{{- $problems = append $problems (printf "priorityClasses.%s is %d, and the class %s has %d for ever: set it back, or kubectl delete priorityclass %s and upgrade again" $component $value .metadata.name (int64 .value) .metadata.name) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- toJson $problems -}}
{{- end -}}
