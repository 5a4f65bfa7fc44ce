using System.Text.Json;
using System.Text.RegularExpressions;

namespace Tcpwhy.E2e.Connections;

/// <summary>A socket as ss and as we list it, in the same words.</summary>
sealed partial record Listed(string State, long ReceiveQueue, long SendQueue, string Local, string Peer, int? Pid)
{
    /// <summary>Reads a line of <c>ss -tanpH</c>.</summary>
    public static Listed FromSs(string line)
    {
        string[] words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        string state = words[0] switch
        {
            "LISTEN" => "listen",
            "ESTAB" => "established",
            "SYN-SENT" => "syn_sent",
            "SYN-RECV" => "syn_received",
            "TIME-WAIT" => "time_wait",
            "CLOSE-WAIT" => "close_wait",
            "FIN-WAIT-2" => "fin_wait2",
            _ => words[0],
        };
        Match pid = FirstPid().Match(line);
        return new Listed(state, long.Parse(words[1]), long.Parse(words[2]), Plain(words[3]), state == "listen" ? "" : Plain(words[4]), pid.Success ? int.Parse(pid.Groups[1].Value) : null);
    }

    /// <summary>Reads a line of <c>connections --format ndjson</c>.</summary>
    public static Listed FromJson(string line)
    {
        using JsonDocument document = JsonDocument.Parse(line);
        JsonElement socket = document.RootElement;
        return new Listed(
            socket.GetProperty("state").GetString()!,
            socket.GetProperty("recv_queue").GetInt64(),
            socket.GetProperty("send_queue").GetInt64(),
            socket.GetProperty("local").GetString()!,
            socket.GetProperty("peer").GetString() ?? "",
            socket.GetProperty("pid") is { ValueKind: JsonValueKind.Number } pid ? pid.GetInt32() : null);
    }

    // IPv4 over an IPv6 socket; a listener of both families; the zone of an address.
    static string Plain(string end) => Zone().Replace(end.Replace("[::ffff:", "", StringComparison.Ordinal) is var four && four != end ? four.Replace("]", "", StringComparison.Ordinal) : end.Replace("*:", "[::]:", StringComparison.Ordinal), "");

    [GeneratedRegex("pid=([0-9]+)")]
    private static partial Regex FirstPid();

    [GeneratedRegex("%[^:\\]]+")]
    private static partial Regex Zone();
}
