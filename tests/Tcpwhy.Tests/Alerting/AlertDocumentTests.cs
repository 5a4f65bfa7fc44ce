using System.Text;
using System.Text.Json;
using Tcpwhy.Alerting;
using Tcpwhy.Tests.Cli;
using Tcpwhy.Texts;
using Xunit;

namespace Tcpwhy.Tests.Alerting;

public class AlertDocumentTests
{
    [Theory]
    [InlineData(Language.English)]
    [InlineData(Language.Korean)]
    public void Each_document_keeps_its_schema(Language language)
    {
        JsonElement schema = JsonDocument.Parse(File.ReadAllText(Path.Combine(Golden.Repository, "docs/schemas/alert.json"))).RootElement;
        AlertChange counted = Assert.Single(new AlertEvaluator([Given.Rule("any-cause", 5)], []).Observe(Given.Reading(0, failed: 12), [Given.Finding(12)]));
        foreach (AlertChange change in (ReadOnlySpan<AlertChange>)[Given.Fired(), Given.Ended(), counted])
        {
            byte[] line = AlertDocument.Of(Given.Notice(change), "web-1", language).Line();
            Assert.DoesNotContain((byte)'\n', line);
            Assert.Empty(JsonSchema.Errors(schema, JsonDocument.Parse(line).RootElement));
        }
    }

    [Fact]
    public void A_document_is_read_by_people_too()
    {
        string line = Encoding.UTF8.GetString(AlertDocument.Of(Given.Notice(Given.Fired()), "web-1", Language.Korean).Line());
        Assert.StartsWith("""{"schema":"tcpwhy.alert/1","id":"abc-7","change":"fired","status":"firing","time":"2026-11-22T14:00:00.000000Z","host":"web-1","rule":"max-connections","severity":"warning",""", line, StringComparison.Ordinal);
        Assert.Contains("TCP 연결: 1,204", line, StringComparison.Ordinal);
    }
}
