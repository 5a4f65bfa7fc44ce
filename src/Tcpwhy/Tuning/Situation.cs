using Tcpwhy.Model;
using Tcpwhy.Texts;

namespace Tcpwhy.Tuning;

/// <summary>All that a plan is made from; with it, planning is a pure function.</summary>
public sealed record Situation
{
    public required Version Kernel { get; init; }

    /// <summary>Whether the host is tuned, and not one namespace of it.</summary>
    public required bool IsHost { get; init; }

    /// <summary>Inode number of the namespace that is tuned.</summary>
    public required uint Netns { get; init; }

    /// <summary>The values now, with single spaces; what this kernel lacks is absent.</summary>
    public required IReadOnlyDictionary<string, string> Values { get; init; }
    public Headroom Headroom { get; init; } = Headroom.Unmeasured;
    public IReadOnlyList<Trouble> Troubles { get; init; } = [];
    public Profile? Profile { get; init; }

    /// <summary>A value that is one number, or null.</summary>
    public long? Number(string setting) => Values.TryGetValue(setting, out string? text) && long.TryParse(text, out long number) ? number : null;
}

/// <summary>A finding as a plan sees it.</summary>
/// <param name="Cause">The code, as ephemeral-port-exhaustion.</param>
/// <param name="Count">How many connections broke for it.</param>
/// <param name="Netns">Inode number of the namespace of the process at fault; 0 when it is not known.</param>
/// <param name="Local">The end at fault, as 10.0.9.8:443.</param>
public sealed record Trouble(string Cause, int Count, uint Netns, string Local, IReadOnlyList<Wish> Wishes)
{
    /// <summary>The port of the end at fault; 0 when it is not known.</summary>
    public int Port => Endpoint.TryParse(Local, out Endpoint end) ? end.Port : 0;

    /// <summary>The finding as a plan sees it, with its sentences in a language.</summary>
    public static Trouble Of(Finding finding, Language language)
    {
        CausePage page = CausePage.Of(finding.Cause);
        List<Wish> wishes = [];
        foreach (Remedy remedy in finding.Remedy)
        {
            if (remedy is { Kind: "sysctl", Setting: { } setting, To: { } to })
                wishes.Add(new Wish(setting, to, page.Remedy(remedy, finding, language)));
        }
        return new Trouble(finding.Cause, finding.Count, finding.Process is null ? 0 : finding.Netns, finding.Local.ToString(), wishes);
    }
}

/// <summary>A setting that a finding's remedy wants, and the sentence that says so.</summary>
public sealed record Wish(string Setting, string To, string Text);
