{{- define "identityprovider.name" -}}
{{- default .Release.Name .Values.nameOverride | trunc 50 | trimSuffix "-" -}}
{{- end -}}

{{- define "identityprovider.selector" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/component: server
{{- end -}}

{{- define "identityprovider.labels" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{- end -}}

{{- define "identityprovider.serviceAccount" -}}
{{- if .Values.serviceAccount.create -}}
{{- default (include "identityprovider.name" .) .Values.serviceAccount.name -}}
{{- else -}}
{{- default "default" .Values.serviceAccount.name -}}
{{- end -}}
{{- end -}}

{{- define "identityprovider.image" -}}
{{ .Values.image.repository }}:{{ default .Chart.AppVersion .Values.image.tag }}
{{- end -}}

{{/* The user of the image; nothing of the pod is root's. */}}
{{- define "identityprovider.podSecurity" -}}
runAsNonRoot: true
runAsUser: 1654
runAsGroup: 1654
fsGroup: 1654
seccompProfile:
  type: RuntimeDefault
{{- end -}}

{{- define "identityprovider.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities:
  drop: [ALL]
{{- end -}}

{{/* Settings by environment; secrets come as files in a folder of which each is named like its setting. */}}
{{- define "identityprovider.environment" -}}
- name: IdentityProvider__Issuer
  value: {{ .Values.issuer | quote }}
- name: IdentityProvider__SettingsFolder
  value: /run/secrets/identityprovider
- name: DOTNET_EnableDiagnostics
  value: "0"
{{- range $name, $value := .Values.settings }}
- name: IdentityProvider__{{ $name }}
  value: {{ $value | quote }}
{{- end }}
{{- end -}}
