using System.Text.Json.Serialization;

namespace Tcpwhy.Tuning;

/// <summary>What tuning did to one target, layer upon layer, so that all of it can be undone: kept in DIR/tune/KEY.json.</summary>
public sealed record Journal
{
    public const string CurrentSchema = "tcpwhy.tune-journal/1";

    public string Schema { get; init; } = CurrentSchema;

    /// <summary>How the target was named: "host", or a namespace's name or path.</summary>
    public required string Target { get; init; }
    public bool IsHost { get; init; }

    /// <summary>A file that led to the namespace; null for the host.</summary>
    public string? Path { get; init; }
    public uint Netns { get; init; }
    public ulong Cookie { get; init; }

    /// <summary>The kernel's name for the time between two boots; after a reboot a namespace is another one, and unconfirmed values are gone.</summary>
    public required string Boot { get; init; }

    /// <summary>The applied plans, the oldest first; only the last can be unconfirmed.</summary>
    public IReadOnlyList<Layer> Layers { get; init; } = [];

    /// <summary>Our file under sysctl.d; null for a namespace.</summary>
    public string? File { get; init; }

    /// <summary>What the last automatic or asked undoing did, for `tune status`.</summary>
    public Undone? Last { get; init; }

    [JsonIgnore]
    public Layer? Pending => Layers is [.., { Confirmed: null } last] ? last : null;

    /// <summary>The layers that are confirmed.</summary>
    [JsonIgnore]
    public IReadOnlyList<Layer> Settled => Pending is null ? Layers : [.. Layers.SkipLast(1)];

    /// <summary>The settings in force by us: of each the newest value, in the order in which they were first set.</summary>
    public IEnumerable<Written> InForce() => Layers.Where(layer => !layer.RolledBack).SelectMany(layer => layer.Values).GroupBy(value => value.Setting).Select(values => values.Last());
}

/// <summary>One applied plan.</summary>
public sealed record Layer
{
    public required DateTimeOffset Applied { get; init; }

    /// <summary>When it was confirmed; null while it waits.</summary>
    public DateTimeOffset? Confirmed { get; init; }

    /// <summary>Until when it has to be confirmed.</summary>
    public required DateTimeOffset ConfirmBy { get; init; }

    /// <summary>The same on the kernel's monotonic clock, in nanoseconds since boot: setting the date must not confirm anything.</summary>
    public required long DeadlineNanoseconds { get; init; }

    /// <summary>Whether it was rolled back but for values that somebody else had changed since.</summary>
    public bool RolledBack { get; init; }

    /// <summary>Failures in a window before the change.</summary>
    public FailureCount Baseline { get; init; }

    /// <summary>The counters when the change began.</summary>
    public FailureCount Began { get; init; }

    /// <summary>The process that undoes it when nobody confirms; 0 before it runs.</summary>
    public int TimerPid { get; init; }

    /// <summary>The start of that process in clock ticks after boot, for pids are given again.</summary>
    public long TimerStart { get; init; }
    public required IReadOnlyList<Written> Values { get; init; }
}

/// <summary>One setting that was written, with the kernel's own text of the value before.</summary>
public sealed record Written(string Setting, string Before, string To);

/// <summary>How a layer, or all of them, ended.</summary>
/// <param name="Why">"rollback", "not-confirmed", "timer-killed", "failures-rose", "reboot" or "apply-failed".</param>
/// <param name="Kept">Settings that somebody else had changed since, and that were left so.</param>
public sealed record Undone(DateTimeOffset Time, string Why, IReadOnlyList<string> Settings, IReadOnlyList<string> Kept);
