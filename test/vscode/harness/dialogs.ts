// VS Code's own file dialogs: in the browser a quick input with a path.
import type { Workbench } from './workbench';

/**
 * Answers the file dialog that is open.
 * @param button what its button says; a question that comes after it may have one that says OK
 */
export async function choosePath(
  workbench: Workbench,
  path: string,
  button: string | RegExp = /OK|Train on This|Save|Choose/,
): Promise<void> {
  const widget = workbench.page.locator('.quick-input-widget');
  const input = widget.locator('input.input');
  const accept = widget.locator('.monaco-button:visible', { hasText: button });
  // The button alone does not tell: it is drawn again whenever the dialog has read a folder.
  const isOpen = async () => (await widget.isVisible()) && (await input.inputValue()).startsWith('/');
  await accept.waitFor();
  // It begins with a path of its own, which it says late; then it reads the folder, and takes no Enter meanwhile.
  await workbench.until('the dialog says where it is', isOpen);
  await input.fill(path);
  await workbench.until('the dialog takes the path', async () => {
    if (!(await isOpen())) return true;
    if (!(await input.inputValue()).startsWith(path)) {
      await input.fill(path);
      return false;
    }
    if (!(await accept.isVisible())) return false;
    await workbench.page.keyboard.press('Enter');
    // A second Enter while it works on the first would take the answer back.
    const deadline = Date.now() + 8000;
    while ((await isOpen()) && Date.now() < deadline) await workbench.page.waitForTimeout(100);
    return false;
  });
}
