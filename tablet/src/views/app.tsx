// The frame of every screen.
import { IonApp, IonContent, IonPage, setupIonicReact } from '@ionic/react';
import '@ionic/react/css/core.css';

setupIonicReact();

export function App() {
  return (
    <IonApp>
      <IonPage>
        <IonContent>
          <h1>Halfterm</h1>
        </IonContent>
      </IonPage>
    </IonApp>
  );
}
