using System.Text;
using System.Text.Json;
using Tcpwhy.Alerting;
using Tcpwhy.Alerting.Delivery;
using Tcpwhy.Texts;
using Xunit;

namespace Tcpwhy.Tests.Alerting;

public class MessageTemplateTests
{
    // A process may call itself anything.
    private const string Nasty = "a\"},\"x\":{\"\\\n\u202e<!channel> & {{host}}";

    [Fact]
    public void No_value_breaks_out_of_its_string()
    {
        string all = "{" + string.Join(",", MessageTemplate.Places.Select(place => $"\"{place}\":\"{{{{{place}}}}}\"")) + "}";
        JsonElement body = Filled(MessageTemplate.Parse(all), markup: false);
        Assert.Equal(MessageTemplate.Places.Count, body.EnumerateObject().Count());
        Assert.Equal(Nasty, body.GetProperty("subject").GetString());
    }

    [Fact]
    public void Nobody_is_called_in_a_channel_by_the_name_of_a_process()
    {
        string text = Encoding.UTF8.GetString(Body(MessageTemplate.Slack, markup: true));
        Assert.DoesNotContain("<!channel>", text, StringComparison.Ordinal);
        Assert.DoesNotContain("\u202e", text, StringComparison.Ordinal);
        Assert.Contains("lt;!channel", JsonDocument.Parse(text).RootElement.GetProperty("text").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Numbers_may_stand_without_quotes() =>
        Assert.Equal(1204, Filled(MessageTemplate.Parse("""{"v": {{ value }}, "of": { "t": {{threshold}} } }"""), markup: false).GetProperty("v").GetInt32());

    [Theory]
    [InlineData("""{"text": "{{sumary}}"}""", "there is no place {{sumary}}; did you mean 'summary'?")]
    [InlineData("""{"text": {{summary}}}""", "it is no JSON when its places are filled")]
    [InlineData("""{"text": "{{summary}"}""", "a place is not closed: write {{summary}}")]
    [InlineData("""{"text": "{{summary}}" """, "it is no JSON when its places are filled")]
    [InlineData("""text={{summary}}""", "it is no JSON when its places are filled")]
    public void What_is_wrong_is_told(string template, string complaint) =>
        Assert.StartsWith(complaint, Assert.Throws<InvalidDataException>(() => MessageTemplate.Parse(template)).Message, StringComparison.Ordinal);

    private static JsonElement Filled(MessageTemplate template, bool markup) => JsonDocument.Parse(Body(template, markup)).RootElement;

    private static byte[] Body(MessageTemplate template, bool markup)
    {
        AlertNotice notice = Given.Notice(Given.Fired() with { Alert = Given.Alert(signal: "ephemeral-ports") with { Subject = Nasty, Unit = SignalUnit.Count } });
        return template.Body(AlertDocument.Of(notice, "web-1", Language.Korean), new AlertWords(Language.Korean), notice, markup);
    }
}
