using System.Text;
using Tcpwhy.Balancers.Reading;
using Tcpwhy.Model;

namespace Tcpwhy.Balancers;

/// <summary>The corrections of a set of files: shown as a difference, checked by the real programs, then written.</summary>
public sealed class Repair
{
    private readonly ConfigurationSet _set;
    private readonly Dictionary<string, List<Edit>> _edits = [];

    public Repair(ConfigurationSet set, IEnumerable<Problem> problems)
    {
        _set = set;
        foreach (Edit edit in problems.SelectMany(problem => problem.Edits))
        {
            if (!_edits.TryGetValue(edit.File.Path, out List<Edit>? edits))
                _edits[edit.File.Path] = edits = [];
            // Two problems may ask for the same, or for different ends of one line: the worse one, which comes first, wins.
            if (!edits.Exists(other => Clashes(other, edit)))
                edits.Add(edit);
        }
    }

    /// <summary>The files that change, with their new text.</summary>
    public IEnumerable<(SourceFile File, string Text)> Files => _edits.Values.Select(edits => (edits[0].File, Apply(edits[0].File.Text, edits)));

    /// <summary>What HAProxy and nginx say of the files as they would be: null when nothing was refused.</summary>
    /// <param name="unasked">Told what could not be checked, and why.</param>
    public string? Check(Func<string, BalancerProgram?> installed, Action<Phrase> unasked)
    {
        if (_set.HaproxyFiles.Any(Changes) && Complaint("haproxy", installed, unasked, HaproxyComplaint) is { } haproxy)
            return haproxy;
        foreach (NginxSetup nginx in _set.Nginx.Where(nginx => nginx.Files.Any(Changes)))
        {
            if (!nginx.IsWhole)
                unasked(new Phrase("not checked: {0} is a part that nginx cannot check alone; lint the nginx.conf that includes it", nginx.Main.Path));
            else if (Complaint("nginx", installed, unasked, (program, changed) => NginxComplaint(program, nginx, changed)) is { } complaint)
                return complaint;
        }
        return null;
    }

    /// <summary>Writes the files and returns the paths of the backups.</summary>
    /// <exception cref="ToolException">One cannot be written (exit code 7), or was changed by somebody else meanwhile (2).</exception>
    public IReadOnlyList<string> Write(TimeProvider time)
    {
        foreach ((SourceFile file, _) in Files)
        {
            if (SourceFile.Read(file.Path).Text != file.Text)
                throw new ToolException($"{file.Path}: was changed meanwhile; lint it again", ExitCode.Usage);
        }
        return [.. Files.Select(change => ConfigurationFile.Write(change.File.Path, change.Text, replace: true, time)!)];
    }

    private bool Changes(SourceFile file) => _edits.ContainsKey(file.Path);

    private static string? Complaint(string name, Func<string, BalancerProgram?> installed, Action<Phrase> unasked, Func<BalancerProgram, bool, string?> ask)
    {
        if (installed(name) is not { } program)
        {
            unasked(new Phrase("not checked, for {0} is not installed here", name));
            return null;
        }
        if (ask(program, true) is not { } complaint)
            return null;
        return ask(program, false) is { } before ? $"{name} refuses the file already as it is: {before}" : $"{name} refuses the corrected file: {complaint}";
    }

    // Beside the original, for what it names relative to itself.
    private string? HaproxyComplaint(BalancerProgram program, bool changed)
    {
        List<string> copies = [];
        try
        {
            List<string> files = [];
            foreach (SourceFile file in _set.HaproxyFiles)
            {
                bool copy = changed && Changes(file);
                files.Add(copy ? Trial(file.Path, Apply(file.Text, _edits[file.Path])) : file.Path);
                if (copy)
                    copies.Add(files[^1]);
            }
            return program.CheckHaproxy(files);
        }
        finally
        {
            copies.ForEach(File.Delete);
        }
    }

    private string? NginxComplaint(BalancerProgram program, NginxSetup nginx, bool changed)
    {
        string copy = Trial(nginx.Main.Path, Spliced(nginx.Main, nginx.Root.Within("include").ToList(), changed, 0));
        try
        {
            string? complaint = program.CheckNginx(copy, isolated: true);
            // Without a network no name is known.
            return complaint?.Contains("host not found", StringComparison.Ordinal) == true ? program.CheckNginx(copy, isolated: false) : complaint;
        }
        finally
        {
            File.Delete(copy);
        }
    }

    /// <summary>The file with what it includes in the place of each include: nginx reads both alike.</summary>
    private string Spliced(SourceFile file, List<NginxDirective> includes, bool changed, int depth)
    {
        List<Edit> edits = changed && _edits.TryGetValue(file.Path, out List<Edit>? own) ? [.. own] : [];
        foreach (NginxDirective include in includes.Where(include => include.File == file && include.Included.Count > 0))
            edits.Add(Edit.Replace(include, string.Concat(include.Included.Select(one => Spliced(one, includes, changed, depth + 1) + "\n"))));
        return Apply(file.Text, edits);
    }

    private static string Trial(string original, string text)
    {
        string whole = Path.GetFullPath(original);
        string path = Path.Combine(Path.GetDirectoryName(whole)!, $".{Path.GetFileName(whole)}.tcpwhy-check-{Environment.ProcessId}");
        try
        {
            File.WriteAllText(path, text);
            return path;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new ToolException($"{original}: cannot be written beside: {error.Message}", ExitCode.Storage);
        }
    }

    private static bool Clashes(Edit one, Edit other) => one == other
        || (one.Start < other.Start + other.Length && other.Start < one.Start + one.Length);

    private static string Apply(string text, IEnumerable<Edit> edits)
    {
        StringBuilder changed = new(text);
        // From the end, so that earlier offsets stay true; of several at one place the last one found is put in first.
        foreach (Edit edit in edits.Reverse().OrderByDescending(edit => edit.Start))
            changed.Remove(edit.Start, edit.Length).Insert(edit.Start, edit.Text);
        return changed.ToString();
    }
}
