using System.Net;
using System.Net.Sockets;
using System.Text;
using Tcpwhy.Model;
using Tcpwhy.Patterns;
using Tcpwhy.Pools;
using Tcpwhy.Readings;
using Tcpwhy.Reporting;

namespace Tcpwhy.Cli.Ui;

/// <summary>Masks addresses, so that an answer can be shown to strangers: the same address gets the same mask, from the ranges that are kept for documentation (RFC 5737, RFC 3849, then RFC 2544).</summary>
internal sealed class Redaction
{
    private readonly Dictionary<IPAddress, IPAddress> _masks = [];
    private int _four;
    private int _six;

    /// <summary>The answer without a real address; loopback and "any" stay, as they tell nothing of the network.</summary>
    public Answer Of(Answer answer)
    {
        List<Finding> findings = [];
        foreach (Finding finding in answer.Findings)
            findings.Add(Of(finding));
        return answer with { Findings = findings, Notes = Each(answer.Notes) };
    }

    public Finding Of(Finding finding)
    {
        (Endpoint local, Endpoint peer) = (Of(finding.Local), Of(finding.Peer));
        Dictionary<string, string> facts = [];
        foreach ((string name, string value) in finding.Facts)
            facts[name] = Of(value);
        List<Evidence> evidence = [];
        foreach (Evidence one in finding.Evidence)
            evidence.Add(one with { What = Of(one.What), Value = Of(one.Value) });
        List<Remedy> remedies = [];
        foreach (Remedy remedy in finding.Remedy)
            remedies.Add(remedy with { From = remedy.From is null ? null : Of(remedy.From), To = remedy.To is null ? null : Of(remedy.To) });
        List<Example> examples = [];
        foreach (Example example in finding.Examples)
            examples.Add(Of(example));
        return finding with
        {
            Local = local,
            Peer = peer,
            Facts = facts,
            Evidence = evidence,
            Remedy = remedies,
            Examples = examples,
        };
    }

    /// <summary>The audit without a real address.</summary>
    public PoolReport Of(PoolReport report) =>
        report with { Pools = [.. report.Pools.Select(one => one with
        {
            Pool = one.Pool with { Destination = Of(one.Pool.Destination), Own = [.. one.Pool.Own.Select(own => own with { Server = Of(own.Server) })] },
        })] };

    /// <summary>The reading without a real address.</summary>
    public Reading Of(Reading reading) => reading with
    {
        Peers = [.. reading.Peers.Select(one => one with { Address = Of(one.Address) })],
        Listeners = [.. reading.Listeners.Select(one => one with { Local = Of(one.Local) })],
        TimeWaits = [.. reading.TimeWaits.Select(one => one with { Local = Of(one.Local), Remote = Of(one.Remote) })],
        PortUses = [.. reading.PortUses.Select(one => one with { Source = Of(one.Source), Destination = Of(one.Destination) })],
        Limits = [.. reading.Limits.Select(one => one with { Subject = Of(one.Subject) })],
    };

    /// <summary>The report without a real address, and without the host's name.</summary>
    public Report Of(Report report) => report with
    {
        Host = null,
        Answer = Of(report.Answer),
        Last = report.Last is { } last ? Of(last) : null,
        Warnings = [.. report.Warnings.Select(one => one with { Subject = Of(one.Subject), Gauge = one.Gauge is { } gauge ? gauge with { Subject = Of(gauge.Subject) } : null })],
        Alerts = [.. report.Alerts.Select(one => one with { Alert = one.Alert with { Subject = Of(one.Alert.Subject), Evidence = null } })],
        Patterns = [.. report.Patterns.Select(Of)],
    };

    private Pattern Of(Pattern pattern) => pattern switch
    {
        StartsAbove one => one with { Other = Of(one.Other) },
        FollowsLoad one => one with { Other = Of(one.Other) },
        FollowsPeer one => one with { Peer = Of(one.Peer) },
        _ => pattern,
    };

    /// <summary>The text with every address literal in it masked.</summary>
    public string Of(string text)
    {
        StringBuilder? masked = null;
        int done = 0;
        for (int i = 0; i < text.Length; i++)
        {
            int start = i;
            while (i < text.Length && (char.IsAsciiHexDigit(text[i]) || text[i] is '.' or ':'))
                i++;
            int end = i;
            if (Literal(text, start, ref end) is not { } address || Of(address) is not { } mask || mask.Equals(address))
                continue;
            masked ??= new StringBuilder();
            masked.Append(text, done, start - done).Append(mask);
            done = end;
        }
        return masked?.Append(text, done, text.Length - done).ToString() ?? text;
    }

    private Example Of(Example example)
    {
        List<TimelineEntry> timeline = [];
        foreach (TimelineEntry entry in example.Timeline)
            timeline.Add(entry with { End = Of(entry.End), What = Of(entry.What) });
        return example with { Local = Of(example.Local), Remote = Of(example.Remote), Timeline = timeline };
    }

    /// <summary>The end with its address masked.</summary>
    public Endpoint Of(Endpoint end) => end with { Address = Of(end.Address) };

    private IPAddress Of(IPAddress address)
    {
        if (IPAddress.IsLoopback(address) || address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any))
            return address;
        if (!_masks.TryGetValue(address, out IPAddress? mask))
            _masks[address] = mask = address.AddressFamily == AddressFamily.InterNetwork ? Four(++_four) : Six(++_six);
        return mask;
    }

    private static IPAddress Four(int number) => number switch
    {
        <= 254 => new IPAddress([192, 0, 2, (byte)number]),
        <= 508 => new IPAddress([198, 51, 100, (byte)(number - 254)]),
        <= 762 => new IPAddress([203, 0, 113, (byte)(number - 508)]),
        _ => new IPAddress([198, (byte)(18 + ((number >> 16) & 1)), (byte)(number >> 8), (byte)number]),
    };

    private static IPAddress Six(int number) =>
        new([0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, (byte)(number >> 16), (byte)(number >> 8), (byte)number]);

    private List<string> Each(IReadOnlyList<string> texts)
    {
        List<string> masked = [];
        foreach (string text in texts)
            masked.Add(Of(text));
        return masked;
    }

    // An address, without the full stop or the port that follows it.
    private static IPAddress? Literal(string text, int start, ref int end)
    {
        while (end > start && text[end - 1] is '.' or ':' && !(end - start > 1 && text[end - 1] == ':' && text[end - 2] == ':'))
            end--;
        ReadOnlySpan<char> run = text.AsSpan(start, end - start);
        bool partOfWord = (start > 0 && char.IsAsciiLetter(text[start - 1])) || (end < text.Length && char.IsAsciiLetter(text[end]));
        if (run.Length < 2 || partOfWord)
            return null;
        int colon = run.IndexOf(':');
        if (run.Contains('.') && colon > 0 && colon == run.LastIndexOf(':'))
        {
            end = start + colon;
            run = run[..colon];
        }
        bool four = run.Count('.') == 3;
        bool six = run.Count(':') >= 2;
        return (four || six) && IPAddress.TryParse(run, out IPAddress? address) ? address : null;
    }
}
