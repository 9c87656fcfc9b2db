{{- define "musnad.labels" -}}
helm.sh/chart: {{ .Chart.Name }}-{{ .Chart.Version }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{ include "musnad.selector" . }}
{{- end }}

{{- define "musnad.selector" -}}
app.kubernetes.io/name: musnad
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "musnad.image" -}}
image: "{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}"
imagePullPolicy: {{ .Values.image.pullPolicy }}
{{- end }}

{{- define "musnad.podSecurity" -}}
automountServiceAccountToken: false
securityContext:
  runAsNonRoot: true
  runAsUser: 10001
  runAsGroup: 10001
  fsGroup: 10001
  seccompProfile: {type: RuntimeDefault}
{{- end }}

{{- define "musnad.containerSecurity" -}}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities: {drop: [ALL]}
{{- end }}

{{- define "musnad.storeEnv" -}}
- name: MUSNAD_STORE
  valueFrom: {secretKeyRef: {name: {{ .Values.secretName }}, key: MUSNAD_STORE}}
# A container sees all processors of its machine, not its share of them.
- name: MUSNAD_THREADS
  valueFrom: {resourceFieldRef: {resource: limits.cpu}}
{{- end }}
