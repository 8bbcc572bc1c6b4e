{% autoescape off %}// Made by the server: a new release has another version here, and the browser takes it for a new worker.
self.PHONE = {{ context }};
importScripts(...self.PHONE.scripts);
{% endautoescape %}
