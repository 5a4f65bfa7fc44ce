using Tcpwhy.Filtering;
using Tcpwhy.Model;
using Tcpwhy.Sources;

namespace Tcpwhy.Cli.Ui.Watching;

/// <summary>The screens, in the order of their keys 1 to 6.</summary>
internal enum View
{
    Failures,
    Connections,
    Listeners,
    Processes,
    Limits,
    Alerts,
}

/// <summary>What the user chose, and what keys do to it. It knows nothing of the terminal.</summary>
internal sealed class ViewState
{
    private static readonly TimeSpan[] Spans = [TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(15), TimeSpan.FromHours(1), TimeSpan.FromHours(6), TimeSpan.FromHours(24)];
    private readonly int[] _selected = new int[Enum.GetValues<View>().Length];
    private readonly int[] _rows = new int[Enum.GetValues<View>().Length];
    private int _span = 1;

    public View View { get; private set; }

    /// <summary>How much time charts show.</summary>
    public TimeSpan Span => Spans[_span];

    /// <summary>Whether what is shown stands still.</summary>
    public bool Frozen { get; private set; }
    public bool Help { get; private set; }

    /// <summary>Whether the selected thing is shown in full.</summary>
    public bool Detail { get; private set; }

    /// <summary>First line that a page shows.</summary>
    public int Scroll { get; private set; }

    /// <summary>Which of the examples a page shows, from 0, the latest.</summary>
    public int Example { get; private set; }

    public SocketOrder Order { get; private set; }
    public bool Ascending { get; private set; }
    public Filter Filter { get; private set; } = Filter.Everything;

    /// <summary>The filter as it was typed.</summary>
    public string FilterText { get; private set; } = "";

    /// <summary>What is being typed as a filter, or null.</summary>
    public string? Prompt { get; private set; }

    /// <summary>What is wrong with what was typed, or null.</summary>
    public string? Complaint { get; private set; }
    public bool Quits { get; private set; }

    /// <summary>Set when the whole screen shall be drawn anew; whoever does so clears it.</summary>
    public bool Redraws { get; set; }

    /// <summary>The selected row of the shown view.</summary>
    public int Selected => Math.Clamp(_selected[(int)View], 0, Math.Max(_rows[(int)View] - 1, 0));

    /// <summary>Tells how many rows the shown view has.</summary>
    public void Has(int rows) => _rows[(int)View] = rows;

    /// <summary>Tells how many lines a page can be scrolled.</summary>
    public void CanScroll(int lines) => Scroll = Math.Clamp(Scroll, 0, Math.Max(lines, 0));

    /// <summary>Does what a key means here; <paramref name="page"/> is how many rows a page has.</summary>
    public void Press(Key key, int page)
    {
        if (key.Name == KeyName.Quit)
            Quits = true;
        else if (key.Name == KeyName.Redraw)
            Redraws = true;
        else if (Prompt is not null)
            Type(key);
        else if (Help)
            Help = false;
        else if (!Detail || !Turn(key, page))
            Choose(key, page);
    }

    /// <summary>Keys of a page; false for those that mean the same everywhere.</summary>
    private bool Turn(Key key, int page)
    {
        switch (key)
        {
            case { Name: KeyName.Escape or KeyName.Backspace or KeyName.Enter } or { Character: 'q' }:
                (Detail, Scroll, Example) = (false, 0, 0);
                return true;
            case { Name: KeyName.Up } or { Character: 'k' }:
                Scroll = Math.Max(Scroll - 1, 0);
                return true;
            case { Name: KeyName.Down } or { Character: 'j' }:
                Scroll++;
                return true;
            case { Name: KeyName.PageUp }:
                Scroll = Math.Max(Scroll - page, 0);
                return true;
            case { Name: KeyName.PageDown } or { Character: ' ' }:
                Scroll += page;
                return true;
            case { Name: KeyName.Home }:
                Scroll = 0;
                return true;
            case { Name: KeyName.Left } or { Character: 'h' }:
                (Example, Scroll) = (Math.Max(Example - 1, 0), 0);
                return true;
            case { Name: KeyName.Right } or { Character: 'l' }:
                (Example, Scroll) = (Example + 1, 0);
                return true;
            default:
                return false;
        }
    }

    private void Choose(Key key, int page)
    {
        switch (key)
        {
            case { Character: 'q' }:
                Quits = true;
                break;
            case { Character: '?' } or { Character: 'H' }:
                Help = true;
                break;
            case { Character: >= '1' and <= '6' }:
                Show((View)(key.Character - '1'));
                break;
            case { Name: KeyName.Tab } or { Name: KeyName.Right }:
                Show((View)(((int)View + 1) % _rows.Length));
                break;
            case { Name: KeyName.BackTab } or { Name: KeyName.Left }:
                Show((View)(((int)View + _rows.Length - 1) % _rows.Length));
                break;
            case { Name: KeyName.Up } or { Character: 'k' }:
                Select(Selected - 1);
                break;
            case { Name: KeyName.Down } or { Character: 'j' }:
                Select(Selected + 1);
                break;
            case { Name: KeyName.PageUp }:
                Select(Selected - page);
                break;
            case { Name: KeyName.PageDown }:
                Select(Selected + page);
                break;
            case { Name: KeyName.Home } or { Character: 'g' }:
                Select(0);
                break;
            case { Name: KeyName.End } or { Character: 'G' }:
                Select(int.MaxValue);
                break;
            case { Name: KeyName.Enter }:
                Detail = View is View.Failures or View.Connections or View.Processes && _rows[(int)View] > 0;
                break;
            case { Name: KeyName.Escape }:
                Complaint = null;
                break;
            default:
                Change(key);
                break;
        }
    }

    private void Change(Key key)
    {
        switch (key.Character)
        {
            case '+' or '=' or ']':
                _span = Math.Min(_span + 1, Spans.Length - 1);
                break;
            case '-' or '[':
                _span = Math.Max(_span - 1, 0);
                break;
            case ' ' or 'p':
                Frozen = !Frozen;
                break;
            case 's' when View == View.Connections:
                (Order, Ascending) = ((SocketOrder)(((int)Order + 1) % Enum.GetValues<SocketOrder>().Length), false);
                break;
            case 'r' when View == View.Connections:
                Ascending = !Ascending;
                break;
            case '/':
                (Prompt, Complaint) = (FilterText, null);
                Show(View.Connections);
                break;
            default:
                break;
        }
    }

    private void Type(Key key)
    {
        switch (key.Name)
        {
            case KeyName.Character when Prompt!.Length < 200:
                Prompt += key.Character;
                break;
            case KeyName.Backspace:
                Prompt = Prompt!.Length > 0 ? Prompt[..^1] : Prompt;
                break;
            case KeyName.Escape:
                Prompt = null;
                break;
            case KeyName.Enter:
                try
                {
                    Filter = Filter.Parse([Prompt!]);
                    (FilterText, Prompt, Complaint) = (Prompt!.Trim(), null, null);
                }
                catch (ToolException wrong)
                {
                    Complaint = wrong.Message;
                }
                break;
            default:
                break;
        }
    }

    private void Show(View view)
    {
        View = view;
        (Detail, Scroll, Example) = (false, 0, 0);
    }

    private void Select(int row) => _selected[(int)View] = Math.Clamp(row, 0, Math.Max(_rows[(int)View] - 1, 0));
}
