using System.Globalization;

namespace Tcpwhy.Diagnosis.Causes;

/// <summary>How many sockets in TIME_WAIT a namespace may keep: shared by the causes that tell of one that is nearly full, and of one that was.</summary>
/// <param name="Limit">net.ipv4.tcp_max_tw_buckets; 0 when it is not known.</param>
/// <param name="Usual">What the kernel chose at boot; 0 when it does not tell.</param>
internal sealed record TimeWaitTable(long Limit, long Usual)
{
    public const string Setting = "net.ipv4.tcp_max_tw_buckets";

    /// <summary>The most that the kernel chooses by itself: half as many as its hash table has rows (tcp_sk_init), of which there are 524288 at most.</summary>
    private const long MostUsual = 262_144;

    /// <summary>With the kernel's own limit only a host that closes thousands a second fills the table, and works on; one that was lowered takes away protection from those that never needed so much.</summary>
    public bool IsLowered => Usual == 0 || Limit < Usual;

    /// <summary>A limit with room: the kernel's own, or twice what is not enough.</summary>
    public string Roomier => (IsLowered ? Math.Max(Usual > 0 ? Usual : MostUsual, 2 * Limit) : 2 * Limit).ToString(CultureInfo.InvariantCulture);

    public static TimeWaitTable Of(World world, uint netns, long? limit)
    {
        long Number(string name) => long.TryParse(world.Setting(netns, name), CultureInfo.InvariantCulture, out long number) ? number : 0;
        // Negative in a namespace that shares the table of the first.
        return new TimeWaitTable(limit ?? Number(Setting), Math.Abs(Number("net.ipv4.tcp_ehash_entries")) / 2);
    }
}
