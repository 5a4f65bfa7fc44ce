using System.Globalization;
using System.Text;
using Tcpwhy.Sources;

namespace Tcpwhy.Cli.Ui.Json;

/// <summary>The members of a socket's JSON that tell its process: made once for each process.</summary>
internal sealed class OwnerJson
{
    private readonly List<byte[]?> _made = [];

    public static ReadOnlySpan<byte> Nobody => "\"pid\":null,\"comm\":null,\"container\":null"u8;

    public ReadOnlySpan<byte> Of(SocketOwner owner)
    {
        while (_made.Count <= owner.Index)
            _made.Add(null);
        return _made[owner.Index] ??= Encoding.UTF8.GetBytes($"\"pid\":{owner.Pid},\"comm\":{Quoted(owner.Comm)},\"container\":{(owner.Container is { } id ? Quoted(id) : "null")}");
    }

    /// <summary>A JSON string in which every mark that could harm a terminal is escaped.</summary>
    internal static string Quoted(string text)
    {
        StringBuilder quoted = new("\"");
        foreach (char c in text)
        {
            if (c is '"' or '\\')
                quoted.Append('\\').Append(c);
            else if (c < 0x20 || (c >= 0x7f && char.GetUnicodeCategory(c) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator))
                quoted.Append($"\\u{(int)c:x4}");
            else
                quoted.Append(c);
        }
        return quoted.Append('"').ToString();
    }
}
