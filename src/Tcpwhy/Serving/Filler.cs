namespace Tcpwhy.Serving;

/// <summary>Printable characters to send: lines of 72, as RFC 864 shows them.</summary>
internal static class Filler
{
    private static readonly byte[] Lines = Make();

    /// <summary>The first bytes of it, or as many as there are.</summary>
    public static ReadOnlyMemory<byte> UpTo(long bytes) => Lines.AsMemory(0, (int)Math.Min(bytes, Lines.Length));

    public static byte[] Of(long bytes) => UpTo(bytes).ToArray();

    // 95 lines come back to the first: 95 × 74 bytes, repeated to about 56 KiB so that one write moves much.
    private static byte[] Make()
    {
        const int Printable = 95, Line = 72, Repeats = 8;
        byte[] lines = new byte[Printable * (Line + 2) * Repeats];
        int at = 0;
        for (int line = 0; line < Printable * Repeats; line++)
        {
            for (int column = 0; column < Line; column++)
                lines[at++] = (byte)(' ' + (('A' - ' ' + line + column) % Printable));
            lines[at++] = (byte)'\r';
            lines[at++] = (byte)'\n';
        }
        return lines;
    }
}
