using System.Globalization;

namespace Tcpwhy.Lab;

/// <summary>What an actor answers to a command.</summary>
/// <param name="Outcome">"OK", the name of an errno as "ECONNRESET", "EOF" when the peer ended first, or "SILENCE" when nothing came in time.</param>
/// <param name="Value">Bytes moved, or the handle of a new socket.</param>
public readonly record struct Reply(string Outcome, long Value = 0)
{
    public bool IsOk => Outcome == "OK";

    /// <summary>The value, when the command went well.</summary>
    /// <exception cref="LabException">It did not.</exception>
    public long Expect(string act) => IsOk ? Value : throw new LabException($"{act}: {Outcome}");

    internal static Reply Parse(ReadOnlySpan<char> text)
    {
        int space = text.LastIndexOf(' ');
        return new Reply(text[..space].ToString(), long.Parse(text[(space + 1)..], CultureInfo.InvariantCulture));
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Outcome} {Value}");
}
