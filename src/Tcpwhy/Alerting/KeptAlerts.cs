using System.Text.Json;
using Tcpwhy.Kernel;

namespace Tcpwhy.Alerting;

/// <summary>What outlives a restart: what fires, and what is still to be delivered, in one file, so that neither is without the other.</summary>
internal sealed record KeptAlerts
{
    public const string CurrentSchema = "tcpwhy.alerts-kept/1";

    public string Schema { get; init; } = CurrentSchema;

    /// <summary>Tells the notices of this file from those of one that began anew.</summary>
    public required string Series { get; init; }

    /// <summary>The next notice's number.</summary>
    public long Next { get; init; } = 1;
    public IReadOnlyList<Alert> Firing { get; init; } = [];

    /// <summary>The last changes, the latest last.</summary>
    public IReadOnlyList<AlertChange> Recent { get; init; } = [];

    /// <summary>By receiver, what it was not yet told, in order.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<AlertNotice>> Queues { get; init; } = new Dictionary<string, IReadOnlyList<AlertNotice>>();

    public static KeptAlerts Fresh() => new() { Series = Guid.NewGuid().ToString("N")[..12] };

    /// <summary>Reads the file; a fresh one where there is none.</summary>
    /// <exception cref="InvalidDataException">It is damaged, or of another version.</exception>
    public static KeptAlerts Read(string path)
    {
        if (!File.Exists(path))
            return Fresh();
        try
        {
            KeptAlerts? kept = JsonSerializer.Deserialize(File.ReadAllBytes(path), AlertShapes.Written.KeptAlerts);
            return kept is { Schema: CurrentSchema, Series: not null, Firing: not null, Recent: not null, Queues: not null } && kept.Queues.Values.All(IsWhole)
                && kept.Firing.All(alert => alert is not null) && kept.Recent.All(change => change?.Alert is not null)
                ? kept : throw new InvalidDataException("it is of another version");
        }
        catch (Exception damaged) when (damaged is JsonException or NotSupportedException)
        {
            throw new InvalidDataException(damaged.Message, damaged);
        }
    }

    /// <summary>Stores it, wholly or not at all.</summary>
    /// <exception cref="IOException">The disk is full, or the directory is read-only.</exception>
    public void Write(string path) =>
        DurableFile.Replace(path, JsonSerializer.SerializeToUtf8Bytes(this, AlertShapes.Written.KeptAlerts), UnixFileMode.UserRead | UnixFileMode.UserWrite);

    private static bool IsWhole(IReadOnlyList<AlertNotice>? queue) => queue is not null && queue.All(notice => notice is { Id: not null, Change.Alert: not null });
}
