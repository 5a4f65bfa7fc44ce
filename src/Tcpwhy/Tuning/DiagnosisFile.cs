using System.Globalization;
using System.Text.Json;
using Tcpwhy.Model;
using Tcpwhy.Texts;

namespace Tcpwhy.Tuning;

/// <summary>What `diagnose --format json` has written: the traffic, and the findings as a plan and a comparison need them.</summary>
public sealed record DiagnosisFile(DateTimeOffset Start, double Seconds, long Opened, long Failed, IReadOnlyList<Trouble> Troubles)
{
    /// <summary>An answer as if it had been written and read.</summary>
    public static DiagnosisFile Of(Answer answer, Language language) => new(answer.Start, (answer.End - answer.Start).TotalSeconds, answer.Opened, answer.Failed,
        [.. answer.Findings.Select(finding => Trouble.Of(finding, language))]);

    /// <summary>Reads a file.</summary>
    /// <exception cref="ToolException">It cannot be read, or is no diagnosis; the message says where.</exception>
    public static DiagnosisFile Read(string path)
    {
        try
        {
            using FileStream file = File.OpenRead(path);
            using JsonDocument document = JsonDocument.Parse(file);
            return Of(document.RootElement);
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new ToolException($"no such file: {path}", ExitCode.Usage);
        }
        catch (UnauthorizedAccessException)
        {
            throw new ToolException($"{path} is not readable: permission denied", ExitCode.Usage);
        }
        catch (JsonException malformed)
        {
            throw new ToolException($"{path}: no JSON (line {malformed.LineNumber + 1}); 'tcpwhy diagnose --format json' writes what is wanted", ExitCode.Usage);
        }
        catch (Exception wrong) when (wrong is InvalidDataException or InvalidOperationException or KeyNotFoundException or FormatException)
        {
            throw new ToolException($"{path}: no diagnosis ({wrong.Message}); 'tcpwhy diagnose --format json' writes what is wanted", ExitCode.Usage);
        }
    }

    internal static DiagnosisFile Of(JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("schema", out JsonElement schema) || schema.GetString() != "tcpwhy.diagnosis/1")
            throw new InvalidDataException("its schema is not tcpwhy.diagnosis/1");
        JsonElement window = root.GetProperty("window"), traffic = root.GetProperty("traffic");
        List<Trouble> troubles = [];
        foreach (JsonElement finding in root.GetProperty("findings").EnumerateArray())
            troubles.Add(Finding(finding));
        return new DiagnosisFile(window.GetProperty("start").GetDateTimeOffset(), window.GetProperty("seconds").GetDouble(),
            traffic.GetProperty("opened").GetInt64(), traffic.GetProperty("failed").GetInt64(), troubles);
    }

    private static Trouble Finding(JsonElement finding)
    {
        List<Wish> wishes = [];
        foreach (JsonElement remedy in finding.GetProperty("remedy").EnumerateArray())
        {
            if (remedy.GetProperty("kind").GetString() == "sysctl" && Text(remedy, "setting") is { } setting && Text(remedy, "to") is { } to)
                wishes.Add(new Wish(setting, to, Text(remedy, "text") ?? ""));
        }
        uint netns = finding.GetProperty("process") is { ValueKind: JsonValueKind.Object } process
            && uint.TryParse(Text(process, "netns"), NumberStyles.None, null, out uint inode) ? inode : 0;
        return new Trouble(Text(finding, "cause") ?? throw new InvalidDataException("a finding has no cause"), finding.GetProperty("count").GetInt32(), netns, Text(finding, "local") ?? "", wishes);
    }

    private static string? Text(JsonElement of, string name) =>
        of.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
