using System.Globalization;

namespace Tcpwhy.Balancers.Reading;

/// <summary>One line of a sysctl.d file.</summary>
/// <param name="Key">With dots, as net.core.somaxconn.</param>
/// <param name="Start">Offset of the key.</param>
/// <param name="End">Behind the value.</param>
public sealed record SysctlLine(SourceFile File, string Key, string Value, int Start, int End);

/// <summary>What sysctl.d files say together; a later line replaces an earlier one.</summary>
public sealed class SysctlSetup
{
    private readonly List<SysctlLine> _lines = [];

    public IReadOnlyList<SysctlLine> Lines => _lines;

    /// <summary>Reads the files in the order given.</summary>
    /// <exception cref="InvalidDataException">One is malformed; the message begins with file and line.</exception>
    public static SysctlSetup Read(params IEnumerable<SourceFile> files)
    {
        var setup = new SysctlSetup();
        foreach (SourceFile file in files)
            setup.Add(file);
        return setup;
    }

    /// <summary>The line that holds for a key, or null.</summary>
    public SysctlLine? Find(string key) => _lines.FindLast(line => line.Key == key);

    /// <summary>The number that holds for a key, or null.</summary>
    public long? Number(string key) => Find(key) is { } line && long.TryParse(line.Value, NumberStyles.None, CultureInfo.InvariantCulture, out long number) ? number : null;

    private void Add(SourceFile file)
    {
        for (int number = 1; number <= file.LineCount; number++)
        {
            int start = file.StartOf(number), end = file.EndOf(number);
            string line = file.Text[start..end];
            string trimmed = line.Trim();
            if (trimmed.Length == 0 || trimmed[0] is '#' or ';')
                continue;
            int begin = start + line.Length - line.TrimStart().Length;
            int equals = trimmed.IndexOf('=', StringComparison.Ordinal);
            // "-key = value" tolerates a failure; "-key" alone excepts a key from a pattern.
            if (equals < 0 && trimmed[0] == '-')
                continue;
            string key = equals < 0 ? "" : trimmed[..equals].Trim().TrimStart('-');
            if (key.Length == 0 || key.Contains(' ', StringComparison.Ordinal) || key.Contains('\t', StringComparison.Ordinal))
                throw file.Wrong(begin, $"'{trimmed}' is no setting: key = value is expected");
            _lines.Add(new SysctlLine(file, key.Replace('/', '.'), trimmed[(equals + 1)..].Trim(), begin, begin + trimmed.Length));
        }
    }
}
