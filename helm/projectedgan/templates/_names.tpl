{{- define "pgan.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 40 | trimSuffix "-" -}}
{{- end -}}

{{- /* Pods' names get up to 23 characters more (-worker-, pool, ordinal); names of Services end at 63. */ -}}
{{- define "pgan.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 40 | trimSuffix "-" -}}
{{- else if contains (include "pgan.name" .) .Release.Name -}}
{{- .Release.Name | trunc 40 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name (include "pgan.name" .) | trunc 40 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{- define "pgan.selector" -}}
app.kubernetes.io/name: {{ include "pgan.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "pgan.labels" -}}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{ include "pgan.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end -}}

{{- define "pgan.serviceAccount" -}}
{{- if .Values.serviceAccount.create -}}
{{- default (include "pgan.fullname" .) .Values.serviceAccount.name -}}
{{- else -}}
{{- default "default" .Values.serviceAccount.name -}}
{{- end -}}
{{- end -}}

{{- define "pgan.scheme" -}}{{ .Values.tls.enabled | ternary "https" "http" }}{{- end -}}
{{- define "pgan.coordinatorHost" -}}{{ printf "%s-coordinator.%s.svc.%s" (include "pgan.fullname" .) .Release.Namespace .Values.clusterDomain }}{{- end -}}
{{- define "pgan.coordinatorAddress" -}}{{ printf "%s://%s:%v" (include "pgan.scheme" .) (include "pgan.coordinatorHost" .) .Values.coordinator.service.port }}{{- end -}}
{{- define "pgan.peersHost" -}}{{ printf "%s-peers.%s.svc.%s" (include "pgan.fullname" .) .Release.Namespace .Values.clusterDomain }}{{- end -}}
{{- define "pgan.tokenSecret" -}}{{ default (printf "%s-tokens" (include "pgan.fullname" .)) .Values.auth.existingSecret }}{{- end -}}
{{- define "pgan.tlsSecret" -}}{{ .Values.tls.certManager.enabled | ternary (printf "%s-tls" (include "pgan.fullname" .)) .Values.tls.existingSecret }}{{- end -}}
{{- define "pgan.dataClaim" -}}{{ default (printf "%s-data" (include "pgan.fullname" .)) .Values.coordinator.persistence.existingClaim }}{{- end -}}

{{- /* Arguments: root, device. */ -}}
{{- define "pgan.image" -}}
{{- $image := .root.Values.image -}}
{{- $digest := get $image.digests .device -}}
{{- if $digest -}}
{{- printf "%s@%s" $image.repository $digest -}}
{{- else -}}
{{- printf "%s:%s-%s" $image.repository (default .root.Chart.AppVersion $image.tag) .device -}}
{{- end -}}
{{- end -}}

{{- /* The priority class of a component. Arguments: root, component, name (from its values). */ -}}
{{- define "pgan.priorityClass" -}}
{{- if .name -}}
{{- .name -}}
{{- else if .root.Values.priorityClasses.create -}}
{{- printf "%s-%s" (include "pgan.fullname" .root) .component -}}
{{- end -}}
{{- end -}}
