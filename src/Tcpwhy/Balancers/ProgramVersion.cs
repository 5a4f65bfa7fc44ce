using System.Globalization;
using System.Text.RegularExpressions;

namespace Tcpwhy.Balancers;

/// <summary>The version of HAProxy or nginx, by which directives are chosen.</summary>
public readonly partial record struct ProgramVersion(int Major, int Minor, int Patch) : IComparable<ProgramVersion>
{
    /// <summary>Reads 2.6, 2.6.12, or the first such in what a program says of itself; null when there is none.</summary>
    public static ProgramVersion? Find(string text)
    {
        Match found = Numbers().Match(text);
        return found.Success ? new ProgramVersion(Number(found.Groups[1]), Number(found.Groups[2]), Number(found.Groups[3])) : null;
    }

    /// <summary>Reads exactly a version, as 2.6 or 1.22.1; null when the text is anything else.</summary>
    public static ProgramVersion? Parse(string text) => Whole().IsMatch(text) ? Find(text) : null;

    public int CompareTo(ProgramVersion other) => (Major, Minor, Patch).CompareTo((other.Major, other.Minor, other.Patch));

    /// <summary>Whether it is that version or a later one.</summary>
    public bool IsAtLeast(int major, int minor, int patch = 0) => CompareTo(new ProgramVersion(major, minor, patch)) >= 0;

    public override string ToString() => $"{Major}.{Minor}.{Patch}";

    public static bool operator <(ProgramVersion left, ProgramVersion right) => left.CompareTo(right) < 0;

    public static bool operator >(ProgramVersion left, ProgramVersion right) => left.CompareTo(right) > 0;

    public static bool operator <=(ProgramVersion left, ProgramVersion right) => left.CompareTo(right) <= 0;

    public static bool operator >=(ProgramVersion left, ProgramVersion right) => left.CompareTo(right) >= 0;

    private static int Number(Group group) => group.Success ? int.Parse(group.ValueSpan, CultureInfo.InvariantCulture) : 0;

    [GeneratedRegex("([0-9]{1,4})[.]([0-9]{1,4})(?:[.]([0-9]{1,4}))?")]
    private static partial Regex Numbers();

    [GeneratedRegex("\\A[0-9]{1,4}[.][0-9]{1,4}(?:[.][0-9]{1,4})?\\z")]
    private static partial Regex Whole();
}
