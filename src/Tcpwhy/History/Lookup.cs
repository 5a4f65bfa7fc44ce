using System.Net;
using Tcpwhy.Model;

namespace Tcpwhy.History;

/// <summary>How well a line names one end of a connection.</summary>
public enum EndMatch
{
    None,

    /// <summary>Its address with another port.</summary>
    OtherPort,
    Address,
    Port,
    Exact,
}

/// <summary>A connection that a line may speak of, and why.</summary>
/// <param name="Finding">Its verdict, with the connection as the one example.</param>
/// <param name="Offset">How long after the line's time it ended (negative: before); zero within it; null when the line names no time.</param>
/// <param name="AsUtc">Whether the line's time is read as UTC for this.</param>
public sealed record Candidate(Finding Finding, EndMatch Client, EndMatch Server, TimeSpan? Offset, bool AsUtc)
{
    public Example Connection => Finding.Examples[0];

    internal double Names => Client switch { EndMatch.Exact => 6, EndMatch.Port => 4, EndMatch.Address => 2, EndMatch.OtherPort => 0.5, _ => 0 }
        + Server switch { EndMatch.Exact => 4, EndMatch.Port => 1, EndMatch.Address => 1.5, EndMatch.OtherPort => 0.5, _ => 0 };

    /// <summary>The client's port is used by one connection at a time.</summary>
    internal bool IsNamed => Client == EndMatch.Exact || (Client == EndMatch.Port && Server != EndMatch.None);

    internal double Distance => Offset is { } offset ? Math.Abs(offset.TotalSeconds) : 0;

    /// <summary>A name outweighs seconds, and hours outweigh a name.</summary>
    internal double Nearness => Names - (1.5 * Math.Log10(1 + Distance)) - (AsUtc ? 1 : 0);
}

/// <summary>The connection that a line speaks of, or the nearest to it.</summary>
/// <param name="Found">The one; null when none fits, or several do.</param>
/// <param name="Fitting">How many fit.</param>
/// <param name="Near">The nearest, the best first; at most ten, and without <paramref name="Found"/>.</param>
/// <param name="Watched">Whether somebody watched at the line's time; null when it names none.</param>
public sealed record LookupAnswer(LogLine Line, Candidate? Found, int Fitting, IReadOnlyList<Candidate> Near, bool? Watched);

/// <summary>Finds the broken connection that a line of a log speaks of.</summary>
public static class Lookup
{
    private static readonly TimeSpan Reach = TimeSpan.FromHours(1);

    /// <summary>Programs log an error soon after the kernel told it, and clocks of logs are cut off.</summary>
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(1);

    /// <summary>So far from its time a line still means a connection that it names.</summary>
    private const double NamedWithin = 10;

    /// <summary>So far when it names only the service, or one address.</summary>
    private const double OtherwiseWithin = 2;
    private const int Most = 10;

    /// <summary>Asks history.</summary>
    public static LookupAnswer Ask(HistoryReader history, LogLine line)
    {
        IReadOnlyList<Finding> near = history.Near(
            [.. line.Times.Select(time => time.Time)],
            [.. line.Ends.Select(end => end.Address).Distinct()],
            [.. line.Ends.Select(end => end.Port).Concat(line.Ports).Where(port => port > 0).Distinct()],
            Reach);
        bool? watched = line.Times.Count == 0 ? null : line.Times.Any(time => history.WatchedAt(time.Time));
        return Choose(line, near) with { Watched = watched };
    }

    /// <summary>Chooses among connections: a pure function.</summary>
    internal static LookupAnswer Choose(LogLine line, IReadOnlyList<Finding> near)
    {
        bool names = line.Ends.Count + line.Ports.Count > 0;
        List<Candidate> all = [.. near.Select(finding => Weigh(line, finding)).OrderByDescending(one => one.Nearness).ThenBy(one => one.Distance).ThenByDescending(one => one.Connection.Time)];
        List<Candidate> fitting = [.. all.Where(one => one.IsNamed && one.Distance <= NamedWithin)];
        if (fitting.Count == 0)
            fitting = [.. all.Where(one => one.Client is EndMatch.Address or EndMatch.Port or EndMatch.None && one.Server != EndMatch.OtherPort && one.Names >= 1 && one.Offset is not null && one.Distance <= OtherwiseWithin)];
        // Of those, only the ones that the line names as well as any.
        fitting = [.. fitting.Where(one => one.Names >= fitting[0].Names && one.AsUtc == fitting[0].AsUtc)];
        // A port that was used twice within seconds: the line is about the one within its own second.
        if (fitting.Count > 1 && fitting.Count(one => one.Distance == 0) == 1)
            fitting = [.. fitting.Where(one => one.Distance == 0)];
        Candidate? found = names && fitting.Count == 1 ? fitting[0] : null;
        return new LookupAnswer(line, found, fitting.Count, [.. all.Where(one => one != found && (one.Names > 0 || one.Distance <= 60)).Take(Most)], null);
    }

    private static Candidate Weigh(LogLine line, Finding finding)
    {
        Example one = finding.Examples[0];
        EndMatch client = Match(line, one.Local, one.Remote), server = Match(line, one.Remote, one.Local);
        Candidate? best = line.Times.Count == 0 ? new Candidate(finding, client, server, null, false) : null;
        foreach (LogTime time in line.Times)
        {
            DateTimeOffset from = time.Time - Soon, to = time.Time + time.Precision;
            TimeSpan offset = one.Time < from ? one.Time - time.Time : one.Time > to ? one.Time - to : TimeSpan.Zero;
            var candidate = new Candidate(finding, client, server, offset, time.AsUtc);
            if (best is null || candidate.Nearness > best.Nearness)
                best = candidate;
        }
        return best!;
    }

    private static EndMatch Match(LogLine line, Endpoint end, Endpoint other)
    {
        IPAddress address = end.Address.IsIPv4MappedToIPv6 ? end.Address.MapToIPv4() : end.Address;
        EndMatch match = line.Ports.Contains(end.Port) ? EndMatch.Port : EndMatch.None;
        foreach (Endpoint named in line.Ends)
        {
            // On loopback both ends have the address, and the line means the other.
            if (!named.Address.Equals(address) || (named.Port == other.Port && named.Port != end.Port && other.Address.Equals(end.Address)))
                continue;
            EndMatch one = named.Port == end.Port || (named.Port == 0 && match == EndMatch.Port) ? EndMatch.Exact : named.Port == 0 ? EndMatch.Address : EndMatch.OtherPort;
            match = one > match ? one : match;
        }
        return match;
    }
}
