namespace Tcpwhy.Alerting.Delivery;

/// <summary>An alert as Alertmanager's API v2 takes it; its spelling is camel case.</summary>
internal sealed record AlertmanagerAlert(
    [property: System.Text.Json.Serialization.JsonPropertyName("labels")] IReadOnlyDictionary<string, string> Labels,
    [property: System.Text.Json.Serialization.JsonPropertyName("annotations")] IReadOnlyDictionary<string, string> Annotations,
    [property: System.Text.Json.Serialization.JsonPropertyName("startsAt")] DateTimeOffset StartsAt,
    [property: System.Text.Json.Serialization.JsonPropertyName("endsAt")] DateTimeOffset EndsAt);
