using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using SocketError = System.Net.Sockets.SocketError;

namespace Tcpwhy.Probing;

/// <summary>Asks the host's own resolver, as every program does (getaddrinfo), each family apart: a name whose AAAA records come late makes callers wait that are content with A.</summary>
public static class Resolver
{
    /// <summary>The addresses of a family, in the resolver's order, and how long they took; none, with the reason, when there are none.</summary>
    public static async Task<Resolved> AskAsync(string host, AddressFamily family, CancellationToken stop)
    {
        long began = Stopwatch.GetTimestamp();
        try
        {
            // getaddrinfo cannot be stopped: it is left to itself.
            IPAddress[] addresses = await Dns.GetHostAddressesAsync(host, family, stop).WaitAsync(stop).ConfigureAwait(false);
            return new Resolved(family, [.. addresses.Distinct()], Stopwatch.GetElapsedTime(began), null);
        }
        catch (SocketException failed)
        {
            return new Resolved(family, [], Stopwatch.GetElapsedTime(began), failed.SocketErrorCode switch
            {
                SocketError.HostNotFound => "no such name",
                SocketError.NoData => "the name has no address",
                SocketError.TryAgain => "the resolver does not answer",
                SocketError.NoRecovery => "the resolver failed",
                _ => failed.Message,
            });
        }
    }

    /// <summary>Where the host's resolver looks a name up, in its own words: <c>/etc/hosts</c>, or <c>/etc/resolv.conf: 10.0.0.2, 10.0.0.3</c>.</summary>
    /// <param name="etc">The directory that holds both files.</param>
    public static string Source(string host, string etc = "/etc")
    {
        foreach (string[] words in Lines(Path.Combine(etc, "hosts")))
        {
            if (words.Skip(1).Contains(host, StringComparer.OrdinalIgnoreCase))
                return "/etc/hosts";
        }
        string[] servers = [.. Lines(Path.Combine(etc, "resolv.conf")).Where(words => words is ["nameserver", _, ..]).Select(words => words[1])];
        return servers.Length == 0 ? "/etc/resolv.conf" : $"/etc/resolv.conf: {string.Join(", ", servers)}";
    }

    private static IEnumerable<string[]> Lines(string file)
    {
        string[] lines;
        try
        {
            lines = File.ReadAllLines(file);
        }
        catch (Exception unread) when (unread is IOException or UnauthorizedAccessException)
        {
            yield break;
        }
        foreach (string line in lines)
        {
            string[] words = line.Split('#')[0].Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            if (words.Length > 0)
                yield return words;
        }
    }
}

/// <summary>What the resolver said of one family.</summary>
/// <param name="Obstacle">Why there is no address, an English phrase, or null.</param>
public sealed record Resolved(AddressFamily Family, IReadOnlyList<IPAddress> Addresses, TimeSpan Took, string? Obstacle);
