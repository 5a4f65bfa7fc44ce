using System.Text;

namespace Tcpwhy.Cli.Ui.Watching;

/// <summary>Turns a terminal's bytes into keys: UTF-8, and the sequences of xterm, rxvt and the Linux console.</summary>
internal sealed class KeyReader
{
    private readonly List<byte> _held = [];

    /// <summary>The keys in some bytes. A sequence that is cut waits for its rest, which <paramref name="last"/> says there is none of: then a lone escape is a key.</summary>
    public List<Key> Read(ReadOnlySpan<byte> bytes, bool last)
    {
        _held.AddRange(bytes);
        List<Key> keys = [];
        int at = 0;
        while (at < _held.Count)
        {
            int used = One(_held, at, last, keys);
            if (used == 0)
                break;
            at += used;
        }
        _held.RemoveRange(0, at);
        return keys;
    }

    private static int One(List<byte> bytes, int at, bool last, List<Key> keys)
    {
        byte first = bytes[at];
        switch (first)
        {
            case 0x1b:
                return Escaped(bytes, at, last, keys);
            case 0x03 or 0x04:
                keys.Add(new Key(KeyName.Quit));
                return 1;
            case 0x0c:
                keys.Add(new Key(KeyName.Redraw));
                return 1;
            case 0x0d or 0x0a:
                keys.Add(new Key(KeyName.Enter));
                return 1;
            case 0x09:
                keys.Add(new Key(KeyName.Tab));
                return 1;
            case 0x7f or 0x08:
                keys.Add(new Key(KeyName.Backspace));
                return 1;
            case < 0x20:
                return 1;
            case < 0x80:
                keys.Add((char)first);
                return 1;
            default:
                return Unicode(bytes, at, last, keys);
        }
    }

    private static int Unicode(List<byte> bytes, int at, bool last, List<Key> keys)
    {
        int length = bytes[at] switch { >= 0xf0 => 4, >= 0xe0 => 3, >= 0xc0 => 2, _ => 1 };
        if (at + length > bytes.Count)
            return last ? bytes.Count - at : 0;
        foreach (char c in Encoding.UTF8.GetString([.. bytes.GetRange(at, length)]))
            keys.Add(c);
        return length;
    }

    private static int Escaped(List<byte> bytes, int at, bool last, List<Key> keys)
    {
        if (at + 1 == bytes.Count)
        {
            if (!last)
                return 0;
            keys.Add(new Key(KeyName.Escape));
            return 1;
        }
        if (bytes[at + 1] is not ((byte)'[' or (byte)'O'))
        {
            keys.Add(new Key(KeyName.Escape));
            return 1;
        }
        // ESC [ parameters final: the parameters are below 0x40.
        int end = at + 2;
        while (end < bytes.Count && bytes[end] < 0x40)
            end++;
        if (end == bytes.Count)
            return last ? bytes.Count - at : 0;
        string number = Encoding.ASCII.GetString([.. bytes.GetRange(at + 2, end - at - 2)]).Split(';')[0];
        KeyName? name = (char)bytes[end] switch
        {
            'A' => KeyName.Up,
            'B' => KeyName.Down,
            'C' => KeyName.Right,
            'D' => KeyName.Left,
            'H' => KeyName.Home,
            'F' => KeyName.End,
            'Z' => KeyName.BackTab,
            '~' => number switch
            {
                "1" or "7" => KeyName.Home,
                "4" or "8" => KeyName.End,
                "5" => KeyName.PageUp,
                "6" => KeyName.PageDown,
                _ => null,
            },
            _ => null,
        };
        if (name is { } known)
            keys.Add(new Key(known));
        return end - at + 1;
    }
}
