using System.Globalization;

namespace Tcpwhy.Kernel.Proc;

/// <summary>One interface's line of /proc/net/dev: totals since it exists.</summary>
/// <param name="ReceiveDrops">Packets that arrived and were dropped: no buffer, no listener for the protocol.</param>
public readonly record struct NetDevice(string Name, long ReceivedBytes, long ReceiveErrors, long ReceiveDrops, long SentBytes, long SendErrors, long SendDrops)
{
    private const int Columns = 16;

    /// <summary>Reads the interfaces of the calling thread's namespace, in the kernel's order; none when the file is absent.</summary>
    /// <exception cref="KernelException">The file cannot be read.</exception>
    /// <exception cref="InvalidDataException">The file does not parse.</exception>
    public static NetDevice[] Read(ProcFs proc) => proc.ReadText("thread-self/net/dev") is { } text ? Parse(text) : [];

    /// <summary>Reads the table below its two lines of titles: <c>eth0: bytes packets errs drop …</c>.</summary>
    internal static NetDevice[] Parse(string text)
    {
        string[] lines = text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        if (lines.Length < 2)
            throw new InvalidDataException("net/dev: no titles");
        var devices = new NetDevice[lines.Length - 2];
        for (int i = 0; i < devices.Length; i++)
        {
            // A name may hold a colon (an alias): the numbers never do.
            int colon = lines[i + 2].LastIndexOf(':');
            string[] words = colon < 0 ? [] : lines[i + 2][(colon + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (words.Length < Columns)
                throw new InvalidDataException($"net/dev line {i + 3}: {words.Length} columns");
            devices[i] = new NetDevice(lines[i + 2][..colon].Trim(), Number(words[0]), Number(words[2]), Number(words[3]), Number(words[8]), Number(words[10]), Number(words[11]));
        }
        return devices;
    }

    private static long Number(string word) =>
        long.TryParse(word, NumberStyles.None, null, out long value) ? value
        : ulong.TryParse(word, NumberStyles.None, null, out ulong large) ? unchecked((long)large)
        : throw new InvalidDataException($"net/dev: '{word}' is no number");
}
