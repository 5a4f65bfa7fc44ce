using Tcpwhy.Model;
using Tcpwhy.Texts;

namespace Tcpwhy.Cli.Ui.Json;

/// <summary>Newline-delimited JSON: a line for each finding as soon as it settles, and the summary last.</summary>
internal sealed class FindingWriter(TextWriter output, Language language)
{
    public void Write(Finding finding) =>
        Line(JsonText.Of(FindingJson.Of(finding, language) with { Schema = "tcpwhy.finding/1" }, JsonShapes.Line.FindingJson));

    public void Summary(Answer answer, ComparisonJson? comparison = null) =>
        Line(JsonText.Of(DiagnosisJson.Summary(answer, language) with { Comparison = comparison }, JsonShapes.Line.DiagnosisJson));

    // Whoever reads the pipe wants the line now, not when the buffer is full.
    private void Line(string json)
    {
        output.WriteLine(json);
        output.Flush();
    }
}
