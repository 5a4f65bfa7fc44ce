using Tcpwhy.Alerting;
using Tcpwhy.Model;
using Tcpwhy.Texts;
using Xunit;

namespace Tcpwhy.Tests.Alerting;

public class AlertWordsTests
{
    [Theory]
    [InlineData(Language.English, "TCP connections: 1,204, over 1,000", "TCP connections: 640, down from 1,204 at most, after 3m")]
    [InlineData(Language.Korean, "TCP 연결: 1,204, 기준 1,000 초과", "TCP 연결: 640 (최고 1,204에서 내려옴, 3m 동안)")]
    public void A_sentence_says_what_and_how_much(Language language, string fired, string ended)
    {
        var words = new AlertWords(language);
        Assert.Equal(fired, words.Summary(Given.Fired()));
        Assert.Equal(ended, words.Summary(Given.Ended(seconds: 190)));
    }

    [Fact]
    public void A_cause_is_explained_with_what_to_change()
    {
        AlertChange change = Assert.Single(new AlertEvaluator([Given.Rule("any-cause", 5)], []).Observe(Given.Reading(0, failed: 12), [Given.Finding(12)]));
        var words = new AlertWords(Language.English);
        Assert.Equal($"{CausePage.Of("server-close-unread").Title(Language.English)}: 12 within 1m, over 5", words.Summary(change));
        IReadOnlyList<string> details = words.Details(change.Alert);
        Assert.Contains("1,204", details[0], StringComparison.Ordinal);
        Assert.StartsWith("→ ", details[1], StringComparison.Ordinal);
        Assert.Equal("More: tcpwhy explain server-close-unread", details[^1]);
        Assert.DoesNotContain(details, line => line.Contains('{', StringComparison.Ordinal));
    }

    [Fact]
    public void Every_signal_is_known_in_Korean() => Assert.All(AlertSignal.Known, signal => Assert.True(Translations.Knows(signal.Phrase), signal.Phrase));

    [Theory]
    [InlineData("ephemeral-ports", 0.863, "86.3 %")]
    [InlineData("error-rate", 0.0512, "5.12 %")]
    [InlineData("connection-rate", 120.25, "120/s")]
    [InlineData("connection-rate", 12.25, "12.3/s")]
    [InlineData("connections", 12345, "12,345")]
    public void Numbers_have_their_unit(string signal, double value, string written) =>
        Assert.Equal(written, AlertWords.Number(Given.Alert(signal: signal) with { Severity = Severity.Warning }, value));
}
