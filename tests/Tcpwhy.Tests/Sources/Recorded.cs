using System.Text;
using Tcpwhy.Model;
using Tcpwhy.Sources;

namespace Tcpwhy.Tests.Sources;

/// <summary>Writes and reads recordings in memory.</summary>
internal static class Recorded
{
    public const string Header = """{"schema":"tcpwhy.recording/1","created":"2026-01-31T09:00:00.000000Z"}""";

    public static byte[] Write(IEnumerable<Event> events)
    {
        var stream = new MemoryStream();
        using (var writer = new RecordingWriter("memory", stream, "web-1", "6.18.0", new ManualTime(SampleEvents.Start)))
        {
            foreach (Event e in events)
                writer.Write(e);
            writer.Finish();
        }
        return stream.ToArray();
    }

    public static (List<Event> Events, IReadOnlyList<string> Notes) Read(byte[] recording, CancellationToken stop = default)
    {
        var events = new List<Event>();
        using var source = new RecordingSource("r.jsonl", new MemoryStream(recording));
        source.Run(events.Add, stop);
        return (events, source.Notes);
    }

    public static (List<Event> Events, IReadOnlyList<string> Notes) ReadLines(params string[] lines) =>
        Read(Encoding.UTF8.GetBytes(string.Join('\n', lines.Prepend(Header)) + "\n"));
}
