using System.Globalization;

namespace Tcpwhy.Kernel.Btf;

/// <summary>Names of a kernel enum's numbers, which move between releases.</summary>
public sealed class EnumNames
{
    private readonly Dictionary<long, string> names = [];

    private EnumNames(BtfFile? btf, string type, string prefix)
    {
        // Of two names with one number the first is the number's own.
        foreach ((string name, long value) in btf?.Enum(type) ?? [])
            names.TryAdd(value, name.StartsWith(prefix, StringComparison.Ordinal) ? name[prefix.Length..] : name);
    }

    /// <summary>Whether this kernel has the enum at all.</summary>
    public bool Known => names.Count > 0;

    /// <summary>Why the kernel sent a reset (enum sk_rst_reason, Linux 6.10): TCP_ABORT_ON_CLOSE.</summary>
    public static EnumNames ResetReasons(BtfFile? btf) => new(btf, "sk_rst_reason", "SK_RST_REASON_");

    /// <summary>Why the kernel dropped a packet (enum skb_drop_reason, Linux 5.17): NETFILTER_DROP.</summary>
    public static EnumNames DropReasons(BtfFile? btf) => new(btf, "skb_drop_reason", "SKB_DROP_REASON_");

    /// <summary>The name without its prefix; the number itself when the kernel names none.</summary>
    public string Name(long value) => names.TryGetValue(value, out string? name) ? name : value.ToString(CultureInfo.InvariantCulture);

    /// <summary>The number of a name, or null when this kernel lacks it.</summary>
    public long? Value(string name)
    {
        foreach ((long value, string known) in names)
        {
            if (known == name)
                return value;
        }
        return null;
    }
}
