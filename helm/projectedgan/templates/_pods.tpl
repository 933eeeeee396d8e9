{{- /* What every pod's spec begins with. Arguments: root, component, values (placement), priority. */ -}}
{{- define "pgan.placement" -}}
{{- with .root.Values.image.pullSecrets }}
imagePullSecrets:
  {{- range . }}
  - name: {{ . }}
  {{- end }}
{{- end }}
{{- with (include "pgan.priorityClass" (dict "root" .root "component" .component "name" .values.priorityClassName)) }}
priorityClassName: {{ . }}
{{- end }}
{{- with .values.runtimeClassName }}
runtimeClassName: {{ . }}
{{- end }}
{{- with .values.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .values.tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .values.affinity }}
affinity:
  {{- toYaml . | nindent 2 }}
{{- end }}
securityContext:
  runAsNonRoot: true
  runAsUser: 10001
  runAsGroup: 10001
  fsGroup: 10001
  fsGroupChangePolicy: OnRootMismatch
  seccompProfile:
    type: RuntimeDefault
{{- end -}}

{{- define "pgan.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities:
  drop: [ALL]
{{- end -}}

{{- /* Names come first: later variables mention them. Arguments: root, extra. */ -}}
{{- define "pgan.environment" -}}
- name: POD_NAME
  valueFrom: {fieldRef: {fieldPath: metadata.name}}
- name: POD_NAMESPACE
  valueFrom: {fieldRef: {fieldPath: metadata.namespace}}
- name: POD_IP
  valueFrom: {fieldRef: {fieldPath: status.podIP}}
- name: NODE_NAME
  valueFrom: {fieldRef: {fieldPath: spec.nodeName}}
- name: OTEL_RESOURCE_ATTRIBUTES
  value: k8s.namespace.name=$(POD_NAMESPACE),k8s.pod.name=$(POD_NAME),k8s.node.name=$(NODE_NAME)
{{- with .root.Values.telemetry.otlpEndpoint }}
- name: OTEL_EXPORTER_OTLP_ENDPOINT
  value: {{ . | quote }}
{{- end }}
{{- with .extra }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{- /* What pods that call the coordinator know. Arguments: root, token (a key of the secret). */ -}}
{{- define "pgan.callerEnvironment" -}}
- name: PGAN_COORDINATOR
  value: {{ include "pgan.coordinatorAddress" .root }}
{{- if .root.Values.auth.enabled }}
- name: PGAN_TOKEN
  valueFrom: {secretKeyRef: {name: {{ include "pgan.tokenSecret" .root }}, key: {{ .token }}}}
{{- end }}
{{- if .root.Values.tls.enabled }}
- name: PGAN_TLS_CERT
  value: /etc/pgan/tls/tls.crt
- name: PGAN_TLS_KEY
  value: /etc/pgan/tls/tls.key
- name: PGAN_TLS_CA
  value: /etc/pgan/tls/ca.crt
{{- end }}
{{- end -}}

{{- /* The options of every node that listens. */ -}}
{{- define "pgan.protection" -}}
{{- if .Values.auth.enabled }}
- --tokens=/etc/pgan/tokens/tokens.yaml
{{- else if not .Values.tls.requireClientCertificate }}
- --insecure
{{- end }}
{{- if .Values.tls.requireClientCertificate }}
- --tls-require-client
{{- end }}
{{- end -}}

{{- define "pgan.commonMounts" -}}
- {name: tmp, mountPath: /tmp}
{{- if .Values.auth.enabled }}
- {name: tokens, mountPath: /etc/pgan/tokens, readOnly: true}
{{- end }}
{{- if .Values.tls.enabled }}
- {name: tls, mountPath: /etc/pgan/tls, readOnly: true}
{{- end }}
{{- end -}}

{{- define "pgan.commonVolumes" -}}
- name: tmp
  emptyDir: {sizeLimit: 1Gi}
{{- if .Values.auth.enabled }}
- name: tokens
  secret:
    secretName: {{ include "pgan.tokenSecret" . }}
    items: [{key: tokens.yaml, path: tokens.yaml}]
    defaultMode: 288
{{- end }}
{{- if .Values.tls.enabled }}
- name: tls
  secret:
    secretName: {{ include "pgan.tlsSecret" . }}
    defaultMode: 288
{{- end }}
{{- end -}}

{{- /*
The kubelet asks the gRPC health service; it speaks no TLS, so that the metrics port answers in its place there.
Arguments: root, port, alive and ready (paths of the metrics port).
*/ -}}
{{- define "pgan.probes" -}}
{{- range $probe, $times := dict "startupProbe" (list 2 90) "livenessProbe" (list 10 6) "readinessProbe" (list 5 3) }}
{{ $probe }}:
  {{- /* Nothing listens before that, and each probe that fails is an event that looks like trouble. */}}
  {{- if eq $probe "startupProbe" }}
  initialDelaySeconds: 10
  {{- end }}
  {{- if $.root.Values.tls.enabled }}
  httpGet: {path: {{ eq $probe "livenessProbe" | ternary $.alive $.ready }}, port: metrics}
  {{- else }}
  grpc: {port: {{ $.port }}}
  {{- end }}
  periodSeconds: {{ first $times }}
  timeoutSeconds: 5
  failureThreshold: {{ last $times }}
{{- end }}
{{- end -}}
