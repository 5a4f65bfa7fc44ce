using System.Text;
using System.Text.Json;
using Tcpwhy.Cli.Ui;
using Tcpwhy.Cli.Ui.Json;
using Tcpwhy.Sources;
using Tcpwhy.Texts;
using Xunit;

namespace Tcpwhy.Tests.Cli;

public class ConnectionsTests
{
    [Fact]
    public void Ndjson_is_as_recorded() => Golden.Matches("connections.ndjson", Json(document: false));

    [Fact]
    public void One_document_is_as_recorded() => Golden.Matches("connections.json", Json(document: true));

    [Theory]
    [InlineData("connections.txt", 80)]
    [InlineData("connections.wide.txt", 160)]
    public void The_table_is_as_recorded(string file, int width)
    {
        string table = Table(width);
        Golden.Matches(file, table);
        Assert.All(table.Split('\n'), line => Assert.True(DisplayWidth.Of(line) <= width, line));
    }

    [Fact]
    public void Every_line_keeps_its_schema() =>
        Assert.All(Json(document: false).TrimEnd().Split('\n'), line => Assert.Empty(JsonSchema.Errors(Schema("connection"), JsonDocument.Parse(line).RootElement)));

    [Fact]
    public void The_document_keeps_its_schema() =>
        Assert.Empty(JsonSchema.Errors(Schema("connections"), JsonDocument.Parse(Json(document: true)).RootElement));

    [Fact]
    public void Every_number_of_tcp_info_has_its_own_place()
    {
        JsonElement busy = JsonDocument.Parse(Json(document: false).Split('\n')[1]).RootElement.GetProperty("tcp_info");
        Assert.Equal(TcpInfoField.All.Count + 3, busy.EnumerateObject().Count());
        Assert.Equal(TcpInfoField.All.Count, TcpInfoField.All.Select(field => field.Name).Distinct().Count());
        Assert.Equal(17UL, busy.GetProperty("rtt_us").GetUInt64());
    }

    private static string Json(bool document)
    {
        using MemoryStream output = new();
        var writer = new SocketWriter(output, document);
        writer.Begin("ebpf", new DateTimeOffset(2026, 3, 4, 12, 0, 0, TimeSpan.Zero));
        SocketExamples.Each(writer.Write);
        writer.End(new SocketsUnseen(1, 2));
        return Encoding.UTF8.GetString(output.ToArray());
    }

    private static string Table(int width)
    {
        using StringWriter output = new() { NewLine = "\n" };
        var text = new SocketText(new Screen(output, width, colour: false, Language.English), width);
        SocketExamples.Each(text.Write);
        text.End();
        return output.ToString();
    }

    private static JsonElement Schema(string name) =>
        JsonDocument.Parse(File.ReadAllText(Path.Combine(Golden.Repository, "docs/schemas", name + ".json"))).RootElement;
}
