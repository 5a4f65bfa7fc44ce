using System.Globalization;
using System.Text.RegularExpressions;

namespace Tcpwhy.Lab;

/// <summary>Names of the lab's networks: who made one is in its name, so that another run can tell a leftover.</summary>
internal static partial class NetworkNames
{
    /// <summary>Slots give each network its own subnets: 10.64/16 to 10.254/16.</summary>
    const int Slots = 191;

    [GeneratedRegex(@"^tcpwhy-(\d+)-(\d+)(-[crsp])?$")]
    private static partial Regex Pattern();

    public static string Of(int pid, int slot) => $"tcpwhy-{pid}-{slot}";

    // Not in /tmp, where anybody could put something of that name in root's way.
    const string Place = "/run/tcpwhy-lab";

    public static string Directory(string name) => Path.Combine(Place, name);

    static readonly HashSet<int> Taken = [];

    // Two programs that start at once begin their search at different places.
    static int _next = Environment.ProcessId * 7 % Slots;

    /// <summary>A slot that no network on this host uses, and ours not lately: what a diagnosis says of its addresses is about this network.</summary>
    public static int FreeSlot()
    {
        HashSet<int> used = [.. Present().Select(match => int.Parse(match.Groups[2].ValueSpan, CultureInfo.InvariantCulture))];
        lock (Taken)
        {
            int slot = Enumerable.Range(_next, Slots).Select(n => n % Slots).FirstOrDefault(n => !used.Contains(n) && !Taken.Contains(n), -1);
            if (slot < 0)
                throw new LabException($"all {Slots} networks of the lab are in use");
            Taken.Add(slot);
            _next = slot + 1;
            return slot;
        }
    }

    /// <summary>A network of ours is gone: its slot may be used again.</summary>
    public static void Release(string name)
    {
        lock (Taken)
            Taken.Remove(int.Parse(Pattern().Match(name).Groups[2].ValueSpan, CultureInfo.InvariantCulture));
    }

    /// <summary>Networks (without the host's letter) whose maker is dead.</summary>
    public static IReadOnlyList<string> Leftovers() =>
        [.. Present().Where(match => !System.IO.Directory.Exists($"/proc/{match.Groups[1].ValueSpan}"))
            .Select(match => $"tcpwhy-{match.Groups[1].ValueSpan}-{match.Groups[2].ValueSpan}").Distinct()];

    static IEnumerable<Match> Present()
    {
        string[] places = ["/run/netns", Place];
        return places.Where(System.IO.Directory.Exists)
            .SelectMany(place => System.IO.Directory.EnumerateFileSystemEntries(place, "tcpwhy-*"))
            .Select(path => Pattern().Match(Path.GetFileName(path)))
            .Where(match => match.Success);
    }
}
