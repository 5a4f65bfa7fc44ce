using System.Text.Json;
using Xunit;

namespace Tcpwhy.Tests.Cli;

public class SchemaTests
{
    [Theory]
    [InlineData("diagnosis", "diagnose", "--format", "json")]
    [InlineData("diagnosis", "diagnose", "--format", "json", "--lang", "ko", "--redact")]
    [InlineData("cause", "explain", "server-close-unread", "--format", "json")]
    [InlineData("causes", "explain", "--format", "json")]
    [InlineData("doctor", "doctor", "--format", "json")]
    public void Output_keeps_its_schema(string schema, params string[] arguments) => Keeps(schema, Run.Of(arguments).Out);

    [Fact]
    public void A_quiet_window_keeps_the_schema() => Keeps("diagnosis", Run.With(Examples.Quiet, "diagnose", "--format", "json").Out);

    [Fact]
    public void Each_line_of_ndjson_keeps_its_schema()
    {
        string[] lines = Run.Of("diagnose", "--format", "ndjson").Out.TrimEnd('\n').Split('\n');
        Assert.All(lines[..^1], line => Keeps("finding", line));
        Keeps("diagnosis", lines[^1]);
    }

    [Theory]
    [InlineData("{}", "$: lacks schema")]
    [InlineData("""{"schema":"tcpwhy.causes/2","causes":[]}""", "$.schema: tcpwhy.causes/2 is none of [")]
    [InlineData("""{"schema":"tcpwhy.causes/1","causes":{}}""", "$.causes: is Object, not array")]
    [InlineData("""{"schema":"tcpwhy.causes/1","causes":[],"more":1}""", "$: has more, which the schema does not know")]
    [InlineData("""{"schema":"tcpwhy.causes/1","causes":[{"cause":"Not A Code","title":"t"}]}""", "$.causes[0].cause: 'Not A Code' does not match")]
    public void The_validator_finds_what_is_wrong(string document, string error) =>
        Assert.StartsWith(error, Assert.Single(JsonSchema.Errors(Schema("causes"), JsonDocument.Parse(document).RootElement)));

    private static void Keeps(string schema, string json) =>
        Assert.Empty(JsonSchema.Errors(Schema(schema), JsonDocument.Parse(json).RootElement));

    private static JsonElement Schema(string name) =>
        JsonDocument.Parse(File.ReadAllText(Path.Combine(Golden.Repository, "docs/schemas", name + ".json"))).RootElement;
}
