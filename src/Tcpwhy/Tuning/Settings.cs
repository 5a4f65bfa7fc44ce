using Tcpwhy.Texts;

namespace Tcpwhy.Tuning;

/// <summary>Every kernel setting that tcpwhy knows, read from settings.txt; no other is ever written.</summary>
public static class Settings
{
    private static readonly Lazy<SortedDictionary<string, Setting>> Known = new(() =>
    {
        using Stream lines = typeof(Settings).Assembly.GetManifestResourceStream("tuning/settings.txt")!;
        return Parse(new StreamReader(lines));
    });

    /// <summary>In the order of their names.</summary>
    public static IReadOnlyCollection<Setting> All => Known.Value.Values;

    /// <summary>The setting of that name, with dots, or null.</summary>
    public static Setting? Find(string name) => Known.Value.GetValueOrDefault(name);

    /// <summary>The setting of that name.</summary>
    /// <exception cref="InvalidDataException">tcpwhy does not know it.</exception>
    public static Setting Require(string name) =>
        Find(name) ?? throw new InvalidDataException($"{name} is no setting that tcpwhy changes{Nearest.Hint(name, Known.Value.Keys)}");

    /// <summary>Reads blocks that begin with a name and go on with lines of <c>field: value</c>.</summary>
    /// <exception cref="InvalidDataException">A line or a block is malformed.</exception>
    internal static SortedDictionary<string, Setting> Parse(TextReader lines)
    {
        SortedDictionary<string, Setting> settings = new(StringComparer.Ordinal);
        string? name = null;
        Dictionary<string, string> fields = [];
        while (true)
        {
            string? line = lines.ReadLine();
            if (string.IsNullOrEmpty(line))
            {
                if (name is not null && !settings.TryAdd(name, new Setting(name, fields)))
                    throw new InvalidDataException($"{name} stands twice");
                (name, fields) = (null, []);
                if (line is null)
                    return settings;
            }
            else if (line[0] != '#')
            {
                int colon = line.IndexOf(": ", StringComparison.Ordinal);
                if (name is null)
                    name = line;
                else if (colon < 0 || !fields.TryAdd(line[..colon], line[(colon + 2)..]))
                    throw new InvalidDataException($"{name}: '{line}' is no field, or stands twice");
            }
        }
    }
}
