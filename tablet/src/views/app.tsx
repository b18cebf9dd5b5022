// The frame of every screen.

export function App() {
  return <h1>Halfterm</h1>;
}
